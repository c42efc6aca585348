import { checkDisks } from '../../../platform/operations/convert/check/file-systems.ts';
import { compareDisks } from '../../../platform/operations/convert/check/compare-disks.ts';
import type { SourceFacts } from '../../../platform/operations/convert/conversion.ts';
import type { ConvertedMachine } from '../../../platform/operations/convert/convert-machine.ts';
import { convertedDisks } from '../../../platform/operations/convert/offline/guest.ts';
import type { Host } from '../../../platform/remote/host.ts';
import type { TrialScope } from '../measurement.ts';
import { convertedDirectory } from './convert.ts';

type Scope = Pick<
  TrialScope,
  'record' | 'saveArtifact' | 'warn' | 'signal' | 'storageFile' | 'levels'
>;

/**
 * Compares what both disks held at the cut-over, where the method keeps that of the target.
 * @throws Error if they differ, which is recorded first
 */
export async function checkConverted(
  scope: Scope,
  between: { source: Host; target: Host; facts: SourceFacts },
  { frozen, vmm }: Pick<ConvertedMachine, 'frozen' | 'vmm'>,
): Promise<void> {
  if (frozen === undefined) return;
  const { source, target, facts } = between;
  const compared = await compareDisks(
    { disks: facts.disks, target, clock: source.clock },
    frozen,
    vmm,
    scope.signal,
  );
  const { bytes, different } = compared;
  scope.record('p2v.compared-bytes', bytes);
  scope.record('p2v.different-bytes', different);
  scope.saveArtifact('checksums.json', JSON.stringify(compared, null, 2));
  if (different > 0) {
    throw new Error(`${different} of ${bytes} bytes of the copy are not as at the source`);
  }
}

/** Checks the file systems of the copy, which nobody uses any more. */
export async function checkCopy(scope: Scope, target: Host, facts: SourceFacts): Promise<void> {
  const directory = convertedDirectory(scope, target);
  const files = convertedDisks({ directory }, facts);
  const disks = facts.disks.map(({ bytes }, index) => ({ path: files[index] ?? '', bytes }));
  const { checked, faulty, report } = await checkDisks(target.shell, disks, `${directory}/check`);
  scope.saveArtifact('file-systems.txt', report);
  if (checked > 0) scope.record('p2v.faulty-file-systems', faulty);
  else scope.warn('no file system of the copy could be checked: see file-systems.txt');
}
