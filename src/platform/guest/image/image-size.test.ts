import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { imageSize } from './image-size.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-image-'));
  path = join(folder, 'image');
});
afterEach(() => rmSync(folder, { recursive: true }));

const GiB = 2 ** 30;

/** The beginning of a qcow2 of such a size. */
function header(size: number): Buffer {
  const made = Buffer.alloc(32);
  made.write('QFI\xfb', 'latin1');
  made.writeUInt32BE(3, 4);
  made.writeBigUInt64BE(BigInt(size), 24);
  return made;
}

it('is what a qcow2 says, however long the file', () => {
  writeFileSync(path, header(20 * GiB));
  expect(imageSize(path)).toBe(20 * GiB);
});

it('is the length of a raw image, holes too', () => {
  writeFileSync(path, '');
  truncateSync(path, 3 * GiB);
  expect(imageSize(path)).toBe(3 * GiB);
});

it('is not known of what cannot be read as an image', () => {
  writeFileSync(path, header(GiB).subarray(0, 20));
  expect(imageSize(path)).toBeUndefined();
  expect(imageSize(folder)).toBeUndefined();
  expect(imageSize(join(folder, 'none'))).toBeUndefined();
});
