import type { Host } from '../../../remote/host.ts';
import type { ConversionTarget } from '../conversion.ts';
import type { ConversionRequest } from '../request.ts';
import { minus } from '../copy/ranges.ts';
import { readDisk } from '../copy/used/read-disk.ts';
import { usedRanges } from '../copy/used/used-ranges.ts';
import { reachVmm } from '../vmm/reach.ts';
import type { FrozenDisk } from './frozen.ts';
import { compareSums, piecesOf, sumsOf, type Compared } from './sums.ts';

/**
 * Compares what the source's disk holds with the target's as it was at the cut-over, by checksums: the
 * source is in its rescue system, and writes nothing.
 * @param vmm what runs on the source; absent: it is reached
 * @throws Error where one of the disks cannot be read
 */
export async function compareDisks(
  {
    source,
    facts,
    target,
  }: Pick<ConversionRequest, 'source' | 'facts'> & {
    target: Pick<ConversionTarget, 'host'>;
  },
  frozen: Pick<FrozenDisk, 'file' | 'except' | 'rescue'>,
  vmm: Host | undefined,
  signal: AbortSignal,
): Promise<Compared> {
  const [disk] = facts.disks;
  const rescue = vmm ?? (await reachVmm(frozen.rescue, source.clock, signal));
  try {
    const { ranges } = await usedRanges(readDisk(rescue.shell, disk.path, signal), disk.bytes);
    const pieces = piecesOf(minus(ranges, frozen.except));
    const [there, here] = await Promise.all([
      sumsOf(rescue.shell, disk.path, pieces, signal),
      sumsOf(target.host.shell, frozen.file, pieces, signal),
    ]);
    return compareSums(pieces, there, here);
  } finally {
    if (vmm === undefined) await rescue.shell.close();
  }
}
