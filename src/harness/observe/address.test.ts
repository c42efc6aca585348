import { expect, it } from 'vitest';
import { writtenAddress } from './address.ts';

it.each([
  ['10.0.0.9', '10.0.0.9:7'],
  ['::1', '[::1]:7'],
  ['fe80::1%eth0', '[fe80::1%eth0]:7'],
])('writes %s as %s', (host, written) => {
  expect(writtenAddress({ host, port: 7 })).toBe(written);
});

it.each(['guest', '', '10.0.0', '--rate'])('refuses %j', (host) => {
  expect(() => writtenAddress({ host, port: 7 })).toThrow('expected the address of a service');
});
