import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../base/errors.ts';
import { randomToken } from '../../ledger/ledger.ts';
import { currentOwner, ownerName } from '../../ledger/owner.ts';
import { makeFolder } from '../../make-folder.ts';
import { localShell } from '../../remote/local.ts';
import { CommandError, type Shell } from '../../remote/shell.ts';
import { labInventory, recordLab } from '../lab-record.ts';
import { withMachineLock } from '../machine-lock.ts';
import { writeSynced } from '../write-synced.ts';
import { makeHostFolder, startHost } from './host.ts';
import { labInventoryText } from './inventory.ts';
import { makeKeys } from './keys.ts';
import { removeLab } from './lab-down.ts';
import { startLibvirt } from './libvirt.ts';
import { limitDisk, limitLink } from './limits.ts';
import { markedShell } from './marked-shell.ts';
import { makeNetwork } from './network.ts';
import { freeSubnet, planLab, type LabPlan } from './plan.ts';
import { checkRequest, type LabRequest } from './request.ts';
import { requireLab } from './requirements.ts';
import { makeSharedDirectory, startMooseFs } from './shared.ts';

export interface Lab {
  inventoryPath: string;
  hosts: readonly { name: string; address: string }[];
}

/**
 * Makes a lab of hosts that are namespaces of this machine; it stays until `labDown`.
 * @throws UserError if it cannot be made here, or one of this name exists; nothing is left then
 */
export async function labUp(request: LabRequest): Promise<Lab> {
  const { stateDirectory, cache, name } = request;
  checkRequest(request);
  await requireLab(localShell, request);
  makeFolder(join(cache, 'labs'));
  let plan: LabPlan | undefined;
  try {
    // Two labs at once would find the same network free.
    const shell = await withMachineLock('virtgauge-lab-network', 30, async () => {
      const chosen = await choosePlan(request);
      record(request, chosen);
      plan = chosen;
      const marked = markedShell(localShell, plan.mark);
      await makeNetwork(marked, plan);
      return marked;
    });
    if (plan === undefined) throw new Error('a lab was made without a plan');
    await makeHosts(shell, plan, request);
    request.signal?.throwIfAborted();
    const inventoryPath = labInventory(stateDirectory, name);
    writeSynced(inventoryPath, labInventoryText(plan, request));
    return { inventoryPath, hosts: plan.hosts };
  } catch (error) {
    if (plan !== undefined) await removeLab(stateDirectory, name);
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

async function choosePlan({ cache, name, namespaces }: LabRequest): Promise<LabPlan> {
  const routes = ['ip', '-4', '-o', 'route', 'show', 'table', 'all'] as const;
  const { stdout } = await localShell.run(routes, { timeout: 30 });
  return planLab({
    ...{ name, token: randomToken(), hosts: namespaces },
    subnet: freeSubnet(stdout),
    parent: join(cache, 'labs'),
  });
}

function record(
  { stateDirectory, shared, libvirt = false, linkRate, diskRate }: LabRequest,
  plan: LabPlan,
): void {
  recordLab(stateDirectory, {
    ...plan,
    maker: ownerName(currentOwner()),
    startedAt: new Date().toISOString(),
    libvirt,
    ...(shared && { shared }),
    ...(linkRate !== undefined && { linkRate }),
    ...(diskRate !== undefined && { diskRate }),
  });
}

async function makeHosts(
  shell: Shell,
  plan: LabPlan,
  { cache, shared, libvirt, linkRate, diskRate, signal }: LabRequest,
): Promise<void> {
  mkdirSync(join(plan.folder, 'keys'), { recursive: true });
  if (shared === 'directory') makeSharedDirectory(plan);
  for (const host of plan.hosts) makeHostFolder(plan, host);
  await makeKeys(shell, plan);
  await allSettled(
    plan.hosts.map(async (host) => {
      signal?.throwIfAborted();
      const group =
        diskRate === undefined ? undefined : await limitDisk(shell, plan, host, diskRate);
      await startHost(shell, plan, host, [cache], group, signal);
      if (linkRate !== undefined) await limitLink(shell, plan, host, linkRate);
    }),
  );
  if (shared === 'moosefs') await startMooseFs(shell, plan, signal);
  if (libvirt) await startLibvirt(shell, plan, signal);
}

/** Nothing is begun any more when it rejects, so that what there is can be removed. */
async function allSettled(acts: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(acts)) {
    if (result.status === 'rejected') throw result.reason;
  }
}
