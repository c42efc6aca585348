import { posix } from 'node:path';
import { formatBytes } from '../../base/units.ts';
import type { ConvertedMachine } from '../../platform/operations/convert/convert-machine.ts';
import type { ConversionRequest } from '../../platform/operations/convert/request.ts';

/**
 * Compares the copy of a machine that was converted with its source, checks its file systems, and lets
 * it go on with its own disk. Tells what it finds.
 * @returns whether all is as it should be, as far as it can be looked at
 */
export async function verifyConverted(
  request: ConversionRequest,
  { frozen, vmm }: Pick<ConvertedMachine, 'frozen' | 'vmm'>,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  if (frozen === undefined) {
    say('not verified: QEMU mirrors the disk in this method, and it changes on');
    return true;
  }
  const { compareDisks } = await import('../../platform/operations/convert/check/compare-disks.ts');
  const { checkDisks } = await import('../../platform/operations/convert/check/file-systems.ts');
  const { shell } = request.target.host;
  try {
    say('comparing checksums of source and target');
    const { bytes, different } = await compareDisks(request, frozen, vmm, signal);
    say(
      different === 0
        ? `the same: ${formatBytes(bytes)}`
        : `they differ in pieces of ${formatBytes(different)}, of ${formatBytes(bytes)}`,
    );
    const disks = request.facts.disks.map(({ bytes }, index) => ({
      ...{ path: frozen.disks[index]?.file ?? '', bytes },
    }));
    const work = posix.join(request.target.directory, 'check');
    const { checked, faulty, report } = await checkDisks(shell, disks, work);
    say(`file systems checked: ${checked}, with errors: ${faulty}`);
    if (faulty > 0 || checked === 0) console.log(report.trim());
    return different === 0 && faulty === 0;
  } finally {
    await frozen.thaw();
    say('the guest goes on with its own disk');
  }
}
