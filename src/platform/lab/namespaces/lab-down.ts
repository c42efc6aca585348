import { rm } from 'node:fs/promises';
import { UserError } from '../../../base/errors.ts';
import { endProcesses } from '../../ledger/kinds/processes.ts';
import { localShell } from '../../remote/local.ts';
import { forgetLab, labExists, labNames, readLab } from '../lab-record.ts';
import { removeDiskLimits } from './limits.ts';
import { removeNetwork } from './network.ts';

/**
 * Removes a lab with all that runs in it, whole or half made. Can be repeated.
 * @throws UserError if there is none of this name; Error saying what could not be removed
 */
export async function labDown({
  stateDirectory,
  name,
}: {
  stateDirectory: string;
  name: string;
}): Promise<void> {
  if (!labExists(stateDirectory, name)) {
    const names = labNames(stateDirectory);
    throw new UserError({
      message: `expected a lab called ${name}; ${names.length === 0 ? 'there is none' : `there are ${names.join(', ')}`}`,
      remedy: 'virtgauge lab list',
    });
  }
  const lab = readLab(stateDirectory, name);
  if (lab !== undefined) {
    // The end of a host's first process ends all others in it, and its mounts go with them.
    await endProcesses(lab.mark, { grace: 2, limit: 15 });
    await removeNetwork(localShell, lab);
    if (lab.diskRate !== undefined) await removeDiskLimits(localShell, lab);
    await rm(lab.folder, { recursive: true, force: true, maxRetries: 3 });
  }
  forgetLab(stateDirectory, name);
}
