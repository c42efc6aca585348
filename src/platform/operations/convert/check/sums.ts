import type { Shell } from '../../../remote/shell.ts';
import { bytesOf, type Range } from '../copy/ranges.ts';

/** Bytes that one checksum is of, at least: what differs is told as closely. */
const usualPiece = 256 * 2 ** 20;
/** Seconds for each of them: a busy disk, a busy processor. */
const perPiece = 120;

/** `$1` the disk, `$2` how many checksums; `end` closes each. By what every system has. */
const script = `
disk=$1 left=$2
while [ "$left" -gt 0 ]; do
  left=$((left - 1))
  while read -r at bytes && [ "$at" != end ]; do
    dd if="$disk" bs=1048576 iflag=skip_bytes,count_bytes,fullblock skip="$at" count="$bytes" 2>/dev/null ||
      { echo "byte $at of $disk cannot be read" >&2; kill $$; }
  done | sha512sum
done`;

/** Ranges that one checksum is of. */
export type Piece = Range[];

/** Ranges in pieces of about the same size, in order. */
export function piecesOf(ranges: readonly Range[], size = usualPiece): Piece[] {
  const pieces: Piece[] = [];
  let last: Piece = [];
  let room = 0;
  for (const range of ranges) {
    for (let { offset, bytes } = range; bytes > 0;) {
      if (room === 0) {
        last = [];
        pieces.push(last);
        room = size;
      }
      const part = Math.min(bytes, room);
      last.push({ offset, bytes: part });
      offset += part;
      bytes -= part;
      room -= part;
    }
  }
  return pieces;
}

/**
 * SHA-512 of each piece of a disk, where it is: on 64 bits it takes half of what SHA-256 takes.
 * @param path block device, or file
 * @throws CommandError, or Error where it cannot be read
 */
export async function sumsOf(
  shell: Shell,
  path: string,
  pieces: readonly Piece[],
  signal?: AbortSignal,
): Promise<string[]> {
  const lines = pieces.flatMap((piece) => [
    ...piece.map(({ offset, bytes }) => `${offset} ${bytes}\n`),
    'end 0\n',
  ]);
  const argv = ['sh', '-c', script, 'sums', path, String(pieces.length)] as const;
  const { stdout } = await shell.run(argv, {
    input: lines.join(''),
    timeout: perPiece * (1 + pieces.length),
    ...(signal && { signal }),
  });
  const sums = [...stdout.matchAll(/^([0-9a-f]{128}) /gm)].map(([, sum = '']) => sum);
  if (sums.length === pieces.length) return sums;
  throw new Error(`${path}: expected ${pieces.length} checksums, got ${sums.length}`);
}

/** What two disks have in common, and where not. */
export interface Compared {
  /** Compared. */
  bytes: number;
  /** In pieces that differ. */
  different: number;
  pieces: (Range & { source: string; target: string })[];
}

/** Puts the checksums of both disks side by side. */
export function compareSums(
  pieces: readonly Piece[],
  source: readonly string[],
  target: readonly string[],
): Compared {
  const compared = pieces.map((piece, index) => {
    const [first, last] = [piece[0], piece.at(-1)];
    const offset = first?.offset ?? 0;
    const bytes = (last?.offset ?? 0) + (last?.bytes ?? 0) - offset;
    return { offset, bytes, source: source[index] ?? '', target: target[index] ?? '' };
  });
  const different = pieces.filter((_, index) => source[index] !== target[index]);
  return {
    bytes: bytesOf(pieces.flat()),
    different: bytesOf(different.flat()),
    pieces: compared,
  };
}
