import { hostProgram } from '../../../programs/host-program.ts';
import type { Host } from '../../../remote/host.ts';
import { bytesOf, type Range } from '../copy/ranges.ts';

/** Bytes a second that the slowest disk is read at. */
const slowest = 5e6;

/**
 * What of some ranges of a disk is not zero, in whole blocks of 64 KiB from the begin of each MiB.
 * @param path block device, or file
 * @throws CommandError where it cannot be read
 */
export async function dataRanges(
  host: Host,
  path: string,
  ranges: readonly Range[],
  signal?: AbortSignal,
): Promise<Range[]> {
  const program = await hostProgram(host);
  const bytes = bytesOf(ranges);
  const { stdout } = await host.shell.run([program, 'data-ranges', '--from', path], {
    input: ranges.map((range) => `${range.offset} ${range.bytes}\n`).join(''),
    timeout: 60 + bytes / slowest,
    ...(signal && { signal }),
  });
  return [...stdout.matchAll(/^(\d+) (\d+)$/gm)].map(([, offset, bytes]) => ({
    offset: Number(offset),
    bytes: Number(bytes),
  }));
}
