import { expect, it } from 'vitest';
import { hasPvhEntry } from './own-kernel.ts';

/** A note of Xen's with an address. */
const note = (type: number, address: Buffer) => {
  const head = Buffer.alloc(12);
  head.writeUInt32LE(4, 0);
  head.writeUInt32LE(address.length, 4);
  head.writeUInt32LE(type, 8);
  return Buffer.concat([head, Buffer.from('Xen\0'), address]);
};
const code = Buffer.alloc(64, 0x90);

it('knows a kernel that says where it is entered, with an address of either size', () => {
  for (const size of [4, 8]) {
    const image = Buffer.concat([
      code,
      note(6, Buffer.from('linux\0')),
      note(18, Buffer.alloc(size)),
    ]);
    expect(hasPvhEntry(image)).toBe(true);
  }
});

it('knows one that does not: its notes are of other types', () => {
  expect(
    hasPvhEntry(Buffer.concat([code, note(1, Buffer.alloc(8)), note(4, Buffer.alloc(8))])),
  ).toBe(false);
});
