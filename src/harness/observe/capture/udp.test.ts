import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAddress, datagramOf, expectLinkType } from './udp.ts';

const port = fc.integer({ min: 0, max: 65_535 });
const payload = fc.uint8Array({ maxLength: 64 });
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

const u16 = (value: number) => [value >> 8, value & 0xff];

function udp(source: number, destination: number, payload: Uint8Array): number[] {
  return [...u16(source), ...u16(destination), ...u16(payload.length + 8), 0, 0, ...payload];
}

function ipv4(from: Uint8Array, to: Uint8Array, body: number[], options: number, fragment = 0) {
  return [
    ...[0x45 + options, 0, ...u16(20 + options * 4 + body.length), 0, 0],
    ...[...u16(fragment), 64, 17, 0, 0, ...from, ...to],
    ...Array<number>(options * 4).fill(1),
    ...body,
  ];
}

function ipv6(from: Uint8Array, to: Uint8Array, body: number[], extensions: number[]) {
  const chain = [...extensions, 17];
  const headers = extensions.flatMap((_, i) => [chain[i + 1] ?? 17, 0, 1, 4, 0, 0, 0, 0]);
  const length = headers.length + body.length;
  return [0x60, 0, 0, 0, ...u16(length), chain[0] ?? 17, 64, ...from, ...to, ...headers, ...body];
}

const vlan = fc.constantFrom<number[]>([], [0x81, 0, 0, 5], [0x88, 0xa8, 0, 5, 0x81, 0, 0, 6]);
/** LINKTYPE_ → the header before an IP packet. */
const link = fc.oneof(
  vlan.map((tags) => ({
    type: 1,
    head: (ip: number) => [...Array<number>(12).fill(2), ...tags, ...u16(ip)],
  })),
  fc.constantFrom(12, 14, 101).map((type) => ({ type, head: () => [] as number[] })),
  fc.constant({ type: 113, head: (ip: number) => [...Array<number>(14).fill(0), ...u16(ip)] }),
  fc.constant({ type: 276, head: (ip: number) => [...u16(ip), ...Array<number>(18).fill(0)] }),
);
/** What Ethernet adds to short frames. */
const padding = fc.nat({ max: 20 }).map((length) => Array<number>(length).fill(0));
const hexOf = (address: Uint8Array) =>
  Array.from({ length: 8 }, (_, i) =>
    (((address[i * 2] ?? 0) << 8) | (address[i * 2 + 1] ?? 0)).toString(16),
  ).join(':');

describe('datagram', () => {
  it('over IPv4 is read behind every header', () => {
    fc.assert(
      fc.property(
        ...[link, bytes(4), bytes(4), port, port, payload, fc.nat({ max: 10 }), padding],
        (link, from, to, source, destination, payload, options, padding) => {
          const packet = ipv4(from, to, udp(source, destination, payload), options);
          const data = Buffer.from([...link.head(0x0800), ...packet, ...padding]);
          expect(datagramOf(link.type, data)).toEqual({
            source: { host: from.join('.'), port: source },
            destination: { host: to.join('.'), port: destination },
            payload: Buffer.from(payload),
          });
        },
      ),
    );
  });

  it('over IPv6 is read behind every header', () => {
    const extensions = fc.array(fc.constantFrom(0, 43, 60), { maxLength: 3 });
    fc.assert(
      fc.property(
        ...[link, bytes(16), bytes(16), port, port, payload, extensions, padding],
        (link, from, to, source, destination, payload, extensions, padding) => {
          const packet = ipv6(from, to, udp(source, destination, payload), extensions);
          const data = Buffer.from([...link.head(0x86dd), ...packet, ...padding]);
          expect(datagramOf(link.type, data)).toEqual({
            source: { host: hexOf(from), port: source },
            destination: { host: hexOf(to), port: destination },
            payload: Buffer.from(payload),
          });
        },
      ),
    );
  });

  it('is none in any other packet, however short or strange', () => {
    const types = fc.constantFrom(1, 12, 101, 113, 276, 9999);
    fc.assert(
      fc.property(types, fc.uint8Array({ maxLength: 80 }), (type, data) => {
        const found = datagramOf(type, Buffer.from(data));
        if (found !== undefined) expect(data).toContain(17);
      }),
    );
  });

  it('is none in a later fragment, nor in TCP', () => {
    const address = Uint8Array.from([127, 0, 0, 1]);
    const packet = ipv4(address, address, udp(1, 2, new Uint8Array(4)), 0);
    expect(datagramOf(101, Buffer.from(packet))).toBeDefined();
    const later = ipv4(address, address, udp(1, 2, new Uint8Array(4)), 0, 0x2001);
    expect(datagramOf(101, Buffer.from(later))).toBeUndefined();
    packet[9] = 6;
    expect(datagramOf(101, Buffer.from(packet))).toBeUndefined();
  });
});

describe('canonical address', () => {
  it.each([
    ['10.77.0.64', '10.77.0.64'],
    ['::1', '0:0:0:0:0:0:0:1'],
    ['::', '0:0:0:0:0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0:0:0:0:1'],
    ['2001:DB8:0:0:1::', '2001:db8:0:0:1:0:0:0'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['::ffff:10.0.0.1', '0:0:0:0:0:ffff:a00:1'],
  ])('of %s is %s', (written, canonical) => {
    expect(canonicalAddress(written)).toBe(canonical);
  });

  it('is what a datagram from there says, however it was written', () => {
    fc.assert(
      fc.property(bytes(16), (address) => {
        const full = hexOf(address);
        const short = new URL(`http://[${full}]`).hostname.slice(1, -1);
        expect(canonicalAddress(full)).toBe(full);
        expect(canonicalAddress(short)).toBe(full);
      }),
    );
  });
});

it('refuses packets of a link that it does not know', () => {
  expect(() => expectLinkType(1)).not.toThrow();
  expect(() => expectLinkType(105)).toThrow('link type 105');
});
