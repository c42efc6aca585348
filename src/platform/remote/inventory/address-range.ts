import { BlockList, isIPv4 } from 'node:net';

/** IPv4 addresses of one network, first and last included. */
export interface AddressRange {
  first: string;
  last: string;
  /** Bits of the network: 24. */
  prefix: number;
}

/** Reads `10.77.0.64-10.77.0.191/24`; undefined if it is none. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [, first = '', last = '', bits = ''] = /^([\d.]+)-([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const prefix = Number(bits);
  if (!isIPv4(first) || !isIPv4(last) || prefix < 1 || prefix > 30) return undefined;
  const network = new BlockList();
  network.addSubnet(first, prefix);
  const ordered = addressNumber(first) <= addressNumber(last);
  return ordered && network.check(last) ? { first, last, prefix } : undefined;
}

/** The addresses of a range in order. */
export function* addressesOf({ first, last }: AddressRange): Generator<string> {
  for (let at = addressNumber(first); at <= addressNumber(last); at += 1) yield dotted(at);
}

function addressNumber(address: string): number {
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

function dotted(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
