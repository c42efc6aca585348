import { closeSync, readSync } from 'node:fs';
import { openDataFile } from './open-data-file.ts';

const newline = 10;

/** A line with its place in the file. */
export interface Line {
  text: string;
  /** From 1. */
  number: number;
  /** Offset of its first byte. */
  start: number;
  /** Offset behind its newline. */
  end: number;
}

/**
 * The lines of a file, read piece by piece. A last one without its newline is what a killed writer
 * leaves, and is left out; a file that is not there has no lines.
 * @throws UserError if it cannot be opened, or is a folder; the error of read(2)
 */
export function* wholeLines(path: string, chunkBytes = 1 << 20): Generator<Line> {
  const descriptor = openDataFile(path);
  if (descriptor === undefined) return;
  try {
    let buffer = Buffer.allocUnsafe(chunkBytes);
    let kept = 0;
    let offset = 0;
    let number = 0;
    for (;;) {
      if (kept === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(kept)]);
      const read = readSync(descriptor, buffer, kept, buffer.length - kept, null);
      if (read === 0) return;
      const filled = buffer.subarray(0, kept + read);
      let start = 0;
      for (let stop; (stop = filled.indexOf(newline, start)) !== -1; start = stop + 1) {
        const text = filled.toString('utf8', start, stop);
        yield { text, number: ++number, start: offset + start, end: offset + stop + 1 };
      }
      filled.copyWithin(0, start);
      kept = filled.length - start;
      offset += start;
    }
  } finally {
    closeSync(descriptor);
  }
}
