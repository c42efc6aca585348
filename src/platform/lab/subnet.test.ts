import fc from 'fast-check';
import { expect, it } from 'vitest';
import { freeSubnet } from './subnet.ts';

it('takes no network that a route leads to', () => {
  const routes = [
    'default via 192.0.2.1 dev eth0',
    '10.77.0.0/24 dev vg1 proto kernel scope link src 10.77.0.254',
    'local 10.77.1.254 dev vg2 table local',
  ].join('\n');
  expect(freeSubnet(routes)).toBe(2);
  expect(freeSubnet('10.77.0.0/17 via 192.0.2.1 dev eth0\n10.77.129.7 dev ppp0\n')).toBe(128);
  expect(freeSubnet('unreachable 10.77.0.0/23\n')).toBe(2);
  expect(freeSubnet('')).toBe(0);
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(255), { maxLength: 200 }), (taken) => {
      const text = taken.map((subnet) => `10.77.${subnet}.0/24 dev x`).join('\n');
      expect(taken).not.toContain(freeSubnet(text));
    }),
  );
});

it('keeps out of wider networks, but not of the default route', () => {
  expect(() => freeSubnet('10.0.0.0/8 via 192.0.2.1 dev eth0\n')).toThrow('10.77.x.0/24');
  expect(freeSubnet('0.0.0.0/1 dev tun0\n128.0.0.0/1 dev tun0\n10.128.0.0/9 dev eth1')).toBe(0);
});
