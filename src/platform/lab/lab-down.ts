import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { UserError } from '../../base/errors.ts';
import { endProcesses } from '../ledger/kinds/processes.ts';
import { ownerState, parseOwnerName } from '../ledger/owner.ts';
import { localShell } from '../remote/local.ts';
import {
  forgetLab,
  labExists,
  labInventory,
  labNames,
  readLab,
  type LabRecord,
} from './lab-record.ts';
import { withMachineLock } from './machine-lock.ts';
import { removeDiskLimits } from './namespaces/limits.ts';
import { removeNetwork } from './network.ts';

/**
 * Removes a lab with all that runs in it, whole or half made. Can be repeated, also at once.
 * @throws UserError if there is none of this name, somebody is making it, or it is of another
 * machine; Error saying what could not be removed
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
  if (lab !== undefined) requireOurs(lab, existsSync(labInventory(stateDirectory, name)));
  await removeLab(stateDirectory, name);
}

/** The same, whoever is making it. */
export async function removeLab(stateDirectory: string, name: string): Promise<void> {
  const found = readLab(stateDirectory, name);
  if (found === undefined) {
    forgetLab(stateDirectory, name);
    return;
  }
  await withMachineLock(`virtgauge-lab-${found.token}`, 30, async () => {
    // Whoever had the lock may have removed it, and another may have its name by now.
    if (readLab(stateDirectory, name)?.token !== found.token) return;
    // The end of a namespace's first process ends all others in it, and its mounts go with them.
    await endProcesses(found.mark, { grace: 2, limit: 15 });
    if (found.kind === 'namespaces') {
      await removeNetwork(
        localShell,
        found,
        found.hosts.map(({ namespace }) => namespace),
      );
      if (found.diskRate !== undefined) await removeDiskLimits(localShell, found);
    } else {
      await removeNetwork(localShell, found, []);
    }
    await rm(found.folder, { recursive: true, force: true, maxRetries: 3 });
    forgetLab(stateDirectory, name);
  });
}

function requireOurs({ name, maker }: LabRecord, whole: boolean): void {
  const owner = parseOwnerName(maker);
  if (owner === undefined) return;
  const state = ownerState(owner);
  if (state === 'elsewhere') {
    throw new UserError({
      message: `lab ${name}: expected one of this machine, it is of another machine or container (${owner.machine})`,
      remedy: `Run virtgauge lab down ${name} there.`,
    });
  }
  if (state === 'alive' && !whole && owner.pid !== process.pid) {
    throw new UserError({
      message: `lab ${name}: expected one that is whole or whose maker has ended, process ${owner.pid} is making it`,
      remedy: `Wait for it, or interrupt it: kill -INT ${owner.pid}`,
    });
  }
}
