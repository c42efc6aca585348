import { gunzipSync } from 'node:zlib';
import type { Shell } from '../../../../remote/shell.ts';
import type { Range } from '../ranges.ts';

/** Reads parts of a disk, all of them at once; each as long as was asked for. */
export type ReadDisk = (ranges: readonly Range[]) => Promise<Buffer[]>;

/** Seconds; bitmaps of a large disk are some ten thousand small reads. */
const timeout = 600;

/** Maps of what is free are mostly zeros or ones: packed, they are nothing on the wire. */
const script = `while read -r at bytes; do
  dd if="$1" bs=65536 iflag=skip_bytes,count_bytes,fullblock skip="$at" count="$bytes" 2>/dev/null || exit 1
done | gzip -1 | base64`;

/**
 * Reads a disk where it is, by what every system has.
 * @param path block device, or file
 * @throws CommandError, or Error where the disk is shorter than asked for
 */
export function readDisk(shell: Shell, path: string, signal?: AbortSignal): ReadDisk {
  return async (ranges) => {
    if (ranges.length === 0) return [];
    const input = ranges.map(({ offset, bytes }) => `${offset} ${bytes}\n`).join('');
    const { stdout } = await shell.run(['sh', '-c', script, 'read', path], {
      ...{ input, timeout },
      ...(signal && { signal }),
    });
    const all = gunzipSync(Buffer.from(stdout, 'base64'));
    const asked = ranges.reduce((sum, { bytes }) => sum + bytes, 0);
    if (all.length !== asked) {
      throw new Error(`${path}: expected ${asked} bytes, got ${all.length}`);
    }
    let at = 0;
    return ranges.map(({ bytes }) => all.subarray(at, (at += bytes)));
  };
}

/** The same, of a part of what another reads. */
export function within(read: ReadDisk, start: number): ReadDisk {
  return (ranges) => read(ranges.map(({ offset, bytes }) => ({ offset: start + offset, bytes })));
}
