import { expect, it } from 'vitest';
import { localShell } from '../../../platform/remote/local.ts';
import { droppedOf, filterOf, interfaceTo } from './tcpdump.ts';

it('captures only what goes to and from the services', () => {
  const targets = [
    { host: '10.77.0.64', port: 7 },
    { host: 'fe80::1%eth0', port: 4007 },
  ];
  expect(filterOf(targets)).toBe(
    'udp and ((host 10.77.0.64 and port 7) or (host fe80:0:0:0:0:0:0:1 and port 4007))',
  );
});

it('knows how many packets the kernel and the interface dropped', () => {
  // As tcpdump 4.99 says it.
  const said = `tcpdump: listening on lo, link-type EN10MB (Ethernet), snapshot length 128 bytes
7968 packets captured
15936 packets received by filter
12 packets dropped by kernel
1 packet dropped by interface
`;
  expect(droppedOf(said)).toBe(13);
  expect(droppedOf('')).toBe(0);
});

it('takes the interface of a link-local address from its zone', async () => {
  expect(await interfaceTo(localShell, 'fe80::1%vg0')).toBe('vg0');
});

it('knows no interface to what is no address', async () => {
  expect(await interfaceTo(localShell, 'not-an-address')).toBeUndefined();
});
