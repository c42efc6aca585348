import { posix } from 'node:path';
import { formatBytes } from '../../base/units.ts';
import type { Clock } from '../../base/clock.ts';
import type { ConversionTarget, SourceDisk } from '../../platform/operations/convert/conversion.ts';
import type { ConvertedMachine } from '../../platform/operations/convert/convert-machine.ts';

/**
 * Where disks were kept for it: compares the copy of a machine that was converted with its source, checks
 * its file systems, and lets it go on with its own disk. Tells what it finds.
 * @returns whether all is as it should be, as far as it can be looked at
 */
export async function verifyConverted(
  {
    disks,
    target: { host, directory },
    clock,
  }: {
    disks: readonly SourceDisk[];
    target: Pick<ConversionTarget, 'host' | 'directory'>;
    clock: Clock;
  },
  { state, frozen, vmm }: Pick<ConvertedMachine, 'state' | 'frozen' | 'vmm'>,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  if (frozen === undefined) return true;
  const { compareDisks } = await import('../../platform/operations/convert/check/compare-disks.ts');
  const { checkDisks } = await import('../../platform/operations/convert/check/file-systems.ts');
  try {
    if (state === 'failed') return true;
    say('comparing checksums of source and target');
    const { bytes, different } = await compareDisks(
      { disks, target: host, clock },
      frozen,
      vmm,
      signal,
    );
    say(
      different === 0
        ? `the same: ${formatBytes(bytes)}`
        : `they differ in pieces of ${formatBytes(different)}, of ${formatBytes(bytes)}`,
    );
    const copies = disks.map(({ bytes }, index) => ({
      ...{ path: frozen.disks[index]?.file ?? '', bytes },
    }));
    const work = posix.join(directory, 'check');
    const { checked, faulty, report } = await checkDisks(host.shell, copies, work);
    say(`file systems checked: ${checked}, with errors: ${faulty}`);
    if (faulty > 0 || checked === 0) console.log(report.trim());
    return different === 0 && faulty === 0;
  } catch (error) {
    if (signal.aborted) throw error;
    say(`it could not be compared: ${(error as Error).message}`);
    return false;
  } finally {
    await frozen.thaw();
    say('the guest goes on with its own disk');
  }
}
