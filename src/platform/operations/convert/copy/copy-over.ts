import { hostProgram } from '../../../programs/host-program.ts';
import type { Ledger } from '../../../ledger/ledger.ts';
import type { Host } from '../../../remote/host.ts';
import type { SourceDisk } from '../conversion.ts';
import { copyDisk } from './copy-disk.ts';
import { serveDisk } from './serve-disk.ts';
import { readDisk } from './used/read-disk.ts';
import { usedRanges, type UsedRanges } from './used/used-ranges.ts';

export interface CopyOver {
  /** The machine, in a system that writes nothing on the disk. */
  from: Host;
  disk: SourceDisk;
  /** Where `file` is: raw, of the disk's size, and empty. */
  to: Host;
  file: string;
  ledger: Ledger;
}

/**
 * Copies what a disk holds to a file of another host; the rest of the file stays a hole.
 * @param onProgress gets the bytes that are done
 * @returns what was found on the disk
 * @throws Error that says how far it came
 */
export async function copyOver(
  { from, disk, to, file, ledger }: CopyOver,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<UsedRanges> {
  const served = await serveDisk(to, file, ledger);
  try {
    const [used, program] = await Promise.all([
      usedRanges(readDisk(from.shell, disk.path, signal), disk.bytes),
      hostProgram(from),
    ]);
    const request = { shell: from.shell, program, disk: disk.path, ranges: used.ranges };
    await copyDisk({ ...request, target: served }, { signal, onProgress });
    return used;
  } finally {
    await served.stop();
  }
}
