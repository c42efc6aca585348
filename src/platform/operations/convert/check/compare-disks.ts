import type { Clock } from '../../../../base/clock.ts';
import type { Host } from '../../../remote/host.ts';
import type { SourceDisk } from '../conversion.ts';
import { joined, minus, type Range } from '../copy/ranges.ts';
import { readDisk } from '../copy/used/read-disk.ts';
import { usedRanges } from '../copy/used/used-ranges.ts';
import { reachVmm } from '../vmm/reach.ts';
import { dataRanges } from './data-ranges.ts';
import type { FrozenDisks } from './frozen.ts';
import { compareSums, piecesOf, sumsOf, type Compared } from './sums.ts';

/** Bytes: zeros between data that are read with them, as that is quicker than to leave them out. */
const leastGap = 2 ** 20;

/** What both ends have in common, of all disks. */
export interface ComparedDisks extends Compared {
  pieces: ({ disk: string } & Compared['pieces'][number])[];
}

/**
 * Compares what the source's disks hold with the target's as they were at the cut-over, by checksums: the
 * source is in its rescue system, or in the VMM of a guest that has left, and writes nothing.
 * @param vmm what runs on the source; absent: it is reached
 * @throws Error where one of the disks cannot be read
 */
export async function compareDisks(
  { disks, target, clock }: { disks: readonly SourceDisk[]; target: Host; clock: Clock },
  frozen: Pick<FrozenDisks, 'disks' | 'rescue'>,
  vmm: Host | undefined,
  signal: AbortSignal,
): Promise<ComparedDisks> {
  const rescue = vmm ?? (await reachVmm(frozen.rescue, clock, signal));
  try {
    const all: ComparedDisks = { bytes: 0, different: 0, pieces: [] };
    for (const [index, { path, bytes }] of disks.entries()) {
      const { file, except } = frozen.disks[index] ?? { file: '', except: [] };
      const { ranges } = await usedRanges(readDisk(rescue.shell, path, signal), bytes);
      const asked = minus(ranges, except);
      const held = await Promise.all([
        dataRanges(rescue, path, asked, signal),
        dataRanges(target, file, asked, signal),
      ]);
      // What is zero at both ends is the same.
      const pieces = piecesOf(both(asked, joined(held.flat(), leastGap)));
      const [there, here] = await Promise.all([
        sumsOf(rescue.shell, path, pieces, signal),
        sumsOf(target.shell, file, pieces, signal),
      ]);
      const compared = compareSums(pieces, there, here);
      all.bytes += compared.bytes;
      all.different += compared.different;
      all.pieces.push(...compared.pieces.map((piece) => ({ disk: path, ...piece })));
    }
    return all;
  } finally {
    if (vmm === undefined) await rescue.shell.close();
  }
}

/** What is in both. */
function both(ranges: readonly Range[], others: readonly Range[]): Range[] {
  return minus(ranges, minus(ranges, others));
}
