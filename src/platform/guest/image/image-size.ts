import { closeSync, openSync, readSync, statSync } from 'node:fs';

const qcow2 = Buffer.from('QFI\xfb', 'latin1');
/** Where a qcow2 has its size, and where that ends. */
const sizeAt = 24;
const sizeEnd = 32;

/**
 * Bytes that a guest sees of an image file of this machine: as a qcow2 says, else all of the file,
 * which is raw then. Undefined if it cannot be read.
 */
export function imageSize(path: string): number | undefined {
  try {
    const found = statSync(path);
    if (!found.isFile()) return undefined;
    const header = firstBytes(path);
    if (!header.subarray(0, qcow2.length).equals(qcow2)) return found.size;
    return header.length < sizeEnd ? undefined : Number(header.readBigUInt64BE(sizeAt));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return undefined;
  }
}

function firstBytes(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(sizeEnd);
    return header.subarray(0, readSync(file, header, 0, sizeEnd, 0));
  } finally {
    closeSync(file);
  }
}
