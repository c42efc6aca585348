import { expect, it } from 'vitest';
import { linkLocalAddress } from './service-address.ts';

// RFC 4291, appendix A: the universal bit is turned over, ff:fe stands in the middle.
it.each([
  ['34:56:78:9a:bc:de', 'fe80::3656:78ff:fe9a:bcde'],
  ['52:54:00:00:00:01', 'fe80::5054:ff:fe00:1'],
  ['00:00:00:00:00:00', 'fe80::200:ff:fe00:0'],
])('makes the link-local address of %s', (mac, address) => {
  expect(linkLocalAddress(mac)).toBe(address);
});
