import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { compressedKernel } from './compressed-kernel.ts';

/** A bzImage with two setup sectors whose payload begins 100 bytes behind them. */
function bzImage(payload: Buffer): Buffer {
  const header = Buffer.alloc(3 * 512 + 100);
  header.writeUInt8(2, 0x1f1);
  header.write('HdrS', 0x202, 'latin1');
  header.writeUInt32LE(100, 0x248);
  header.writeUInt32LE(payload.length, 0x24c);
  return Buffer.concat([header, payload, Buffer.from('what follows')]);
}

test('finds the kernel in a bzImage, without the length behind it', () => {
  const xz = Buffer.from('fd377a585a000004aabbccdd', 'hex');
  const found = compressedKernel(bzImage(Buffer.concat([xz, Buffer.from([1, 2, 3, 4])])));
  expect(found?.unpack[0]).toBe('xz');
  expect(found?.content).toEqual(xz);
});

test('what gzip has packed ends with the length', () => {
  const found = compressedKernel(bzImage(gzipSync('vmlinux')));
  expect(gunzipSync(found?.content ?? '').toString()).toBe('vmlinux');
});

test('knows no kernel in anything else', () => {
  expect(compressedKernel(Buffer.alloc(0x1000))).toBeUndefined();
  expect(compressedKernel(bzImage(Buffer.from('not packed')))).toBeUndefined();
});
