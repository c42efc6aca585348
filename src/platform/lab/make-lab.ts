import { join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { randomToken } from '../ledger/ledger.ts';
import { currentOwner, ownerName } from '../ledger/owner.ts';
import { makeFolder } from '../make-folder.ts';
import { localShell } from '../remote/local.ts';
import { CommandError, type Shell } from '../remote/shell.ts';
import { removeLab } from './lab-down.ts';
import type { Draw } from './lab-plan.ts';
import { labInventory, recordLab, type LabRecord } from './lab-record.ts';
import { withMachineLock } from './machine-lock.ts';
import { markedShell } from './marked-shell.ts';
import { freeSubnet } from './subnet.ts';
import { writeSynced } from '../write-synced.ts';

export interface Lab {
  inventoryPath: string;
  hosts: readonly { name: string; address: string }[];
}

/** What a request for any lab says. */
export interface LabPlace {
  stateDirectory: string;
  /** Folder for images; the hosts' disks lie in it, too. */
  cache: string;
  name: string;
  signal?: AbortSignal | undefined;
}

/** What sets one kind of lab apart from another; each gets a shell that marks what it starts. */
export interface LabParts<Made extends LabRecord> {
  /** All that must be known to remove it. */
  plan(draw: Draw & Pick<LabRecord, 'maker' | 'startedAt'>): Made;
  makeNetwork(shell: Shell, lab: Made): Promise<void>;
  makeHosts(shell: Shell, lab: Made): Promise<void>;
  /** Text of its inventory. */
  inventory(lab: Made): string;
}

/**
 * Makes a lab that stays until `labDown`: recorded first, its inventory last.
 * @throws UserError if it cannot be made here, or one of this name exists; nothing is left then
 */
export async function makeLab<Made extends LabRecord>(
  { stateDirectory, cache, name, signal }: LabPlace,
  parts: LabParts<Made>,
): Promise<Lab> {
  const parent = join(cache, 'labs');
  makeFolder(parent);
  let lab: Made | undefined;
  try {
    // Two labs at once would find the same network free.
    const made = await withMachineLock('virtgauge-lab-network', 30, async () => {
      const chosen = parts.plan({
        ...{ name, token: randomToken(), subnet: await findSubnet(), parent },
        ...{ maker: ownerName(currentOwner()), startedAt: new Date().toISOString() },
      });
      recordLab(stateDirectory, chosen);
      lab = chosen;
      const shell = markedShell(localShell, chosen.mark);
      await parts.makeNetwork(shell, chosen);
      return { shell, chosen };
    });
    await parts.makeHosts(made.shell, made.chosen);
    signal?.throwIfAborted();
    const inventoryPath = labInventory(stateDirectory, name);
    writeSynced(inventoryPath, parts.inventory(made.chosen));
    const hosts = made.chosen.hosts.map(({ name, address }) => ({ name, address }));
    return { inventoryPath, hosts };
  } catch (error) {
    if (lab !== undefined) await removeLab(stateDirectory, name);
    if (!(error instanceof CommandError)) throw error;
    throw new UserError(
      {
        message: `lab ${name}: expected a machine on which it can be made, got: ${error.message}`,
        remedy: 'Nothing is left of it. In a container: it must be privileged.',
      },
      { cause: error },
    );
  }
}

async function findSubnet(): Promise<number> {
  const routes = ['ip', '-4', '-o', 'route', 'show', 'table', 'all'] as const;
  const { stdout } = await localShell.run(routes, { timeout: 30 });
  return freeSubnet(stdout);
}
