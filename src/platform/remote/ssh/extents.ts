import type { FileHandle } from 'node:fs/promises';

/** Data of a file, and where it belongs. */
export interface Extent {
  offset: number;
  data: Buffer;
}

const windowSize = 8 * 1024 * 1024;
/** Blocks of zeros of this size, aligned, become holes. */
const blockSize = 128 * 1024;
const zeros = Buffer.alloc(blockSize);

/**
 * What a file holds besides zeros, in order, at most 8 MiB a piece. A piece is good until the next
 * one is asked for.
 */
export async function* extentsOf(file: FileHandle): AsyncGenerator<Extent> {
  const window = Buffer.allocUnsafe(windowSize);
  for (let offset = 0; ;) {
    const { bytesRead } = await file.read(window, 0, windowSize, offset);
    if (bytesRead === 0) return;
    for (const [start, end] of runs(window.subarray(0, bytesRead))) {
      yield { offset: offset + start, data: window.subarray(start, end) };
    }
    offset += bytesRead;
  }
}

/** Begin and end of the stretches that are not all zeros. */
function* runs(bytes: Buffer): Generator<readonly [number, number]> {
  let begin: number | undefined;
  for (let at = 0; at < bytes.length; at += blockSize) {
    const block = bytes.subarray(at, at + blockSize);
    const empty = block.equals(zeros.subarray(0, block.length));
    if (!empty) begin ??= at;
    else if (begin !== undefined) {
      yield [begin, at];
      begin = undefined;
    }
  }
  if (begin !== undefined) yield [begin, bytes.length];
}
