import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parsePcap } from './pcap.ts';
import { pcapFile } from './pcap.example.ts';

const packets = fc.array(
  fc.record({
    seconds: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    part: fc.integer({ min: 0, max: 999_999 }),
    data: fc.uint8Array({ maxLength: 64 }),
  }),
  { maxLength: 20 },
);
const format = fc.record({ little: fc.boolean(), nano: fc.boolean() });
const linkType = fc.integer({ min: 0, max: 0xffff });

it('gives back what was captured, in either byte order and precision', () => {
  fc.assert(
    fc.property(packets, format, linkType, (packets, format, linkType) => {
      const capture = parsePcap(pcapFile(linkType, packets, format));
      expect(capture.linkType).toBe(linkType);
      expect(capture.packets.map(({ data }) => Uint8Array.from(data))).toEqual(
        packets.map(({ data }) => data),
      );
      expect(capture.packets.map(({ at }) => at)).toEqual(
        packets.map(({ seconds, part }) => seconds + part / (format.nano ? 1e9 : 1e6)),
      );
    }),
  );
});

it('keeps the whole packets of a capture that was cut anywhere', () => {
  fc.assert(
    fc.property(
      packets,
      format,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (packets, format, part) => {
        const file = pcapFile(1, packets, format);
        const length = 24 + Math.floor((file.length - 24) * part);
        const found = parsePcap(file.subarray(0, length)).packets;
        expect(found).toEqual(parsePcap(file).packets.slice(0, found.length));
        const next = packets[found.length];
        const read = found.reduce((sum, { data }) => sum + 16 + data.length, 24);
        if (next !== undefined) expect(length).toBeLessThan(read + 16 + next.data.length);
      },
    ),
  );
});

it.each([
  ['nothing', Buffer.alloc(0)],
  ['text', Buffer.from('tcpdump: no permission to capture\n')],
])('refuses %s', (_, file) => {
  expect(() => parsePcap(file)).toThrow('expected a capture file (pcap)');
});

it('refuses a packet of absurd length', () => {
  const file = pcapFile(1, [{ seconds: 1, part: 1, data: new Uint8Array(4) }], {
    ...{ little: true, nano: true },
  });
  file.writeUInt32LE(0x7fffffff, 24 + 8);
  expect(() => parsePcap(file)).toThrow('packet at byte 24');
});
