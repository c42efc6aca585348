import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../base/errors.ts';
import { expectName } from '../../../base/name.ts';
import { randomToken } from '../../ledger/ledger.ts';
import { makeFolder } from '../../make-folder.ts';
import { localShell } from '../../remote/local.ts';
import type { Shell } from '../../remote/shell.ts';
import { labInventory } from '../inventory-path.ts';
import { recordLab } from '../lab-record.ts';
import { writeSynced } from '../write-synced.ts';
import { makeHostFolder, startHost } from './host.ts';
import { labInventoryText } from './inventory.ts';
import { labDown } from './lab-down.ts';
import { startLibvirt } from './libvirt.ts';
import { limitDisk, limitLink } from './limits.ts';
import { makeNetwork } from './network.ts';
import { freeSubnet, mostHosts, planLab, type LabPlan } from './plan.ts';
import { requireLab } from './requirements.ts';
import { makeSharedDirectory, startMooseFs } from './shared.ts';

export interface LabOptions {
  /** How many hosts. */
  namespaces: number;
  /** A file system that all hosts see at /mnt/shared. */
  shared?: 'directory' | 'moosefs' | undefined;
  /** A libvirtd on each. */
  libvirt?: boolean | undefined;
  /** Bytes a second on each host's wire, in each direction. */
  linkRate?: number | undefined;
  /** Bytes a second that each host reads and writes. */
  diskRate?: number | undefined;
}

export interface LabRequest extends LabOptions {
  stateDirectory: string;
  /** Folder for images, which the hosts see; the hosts' disks lie in it, too. */
  cache: string;
  name: string;
  signal?: AbortSignal | undefined;
}

export interface Lab {
  inventoryPath: string;
  hosts: readonly { name: string; address: string }[];
}

const longestName = 24;

/**
 * Makes a lab of hosts that are namespaces of this machine; it stays until `labDown`.
 * @throws UserError if it cannot be made here, or one of this name exists; nothing is left then
 */
export async function labUp(request: LabRequest): Promise<Lab> {
  const { stateDirectory, cache, name, namespaces, signal, ...options } = request;
  const shell = localShell;
  expectName(name, 'lab');
  if (name.length > longestName) {
    throw new UserError({
      message: `lab: expected a name of at most ${longestName} characters, got ${name}`,
    });
  }
  if (!Number.isInteger(namespaces) || namespaces < 1 || namespaces > mostHosts) {
    throw new UserError({
      message: `--namespaces: expected a whole number from 1 to ${mostHosts}, got ${namespaces}`,
    });
  }
  await requireLab(shell, request);
  const parent = join(cache, 'labs');
  makeFolder(parent);
  const { stdout: routes } = await shell.run(['ip', '-4', '-o', 'route', 'show', 'table', 'all']);
  const subnet = freeSubnet(routes);
  const plan = planLab({ name, token: randomToken(), subnet, parent, hosts: namespaces });
  const { shared, libvirt = false, linkRate, diskRate } = options;
  recordLab(stateDirectory, {
    ...plan,
    startedAt: new Date().toISOString(),
    libvirt,
    ...(shared && { shared }),
    ...(linkRate !== undefined && { linkRate }),
    ...(diskRate !== undefined && { diskRate }),
  });
  try {
    await make(shell, plan, request);
    const inventoryPath = labInventory(stateDirectory, name);
    writeSynced(inventoryPath, labInventoryText(plan, { shared, cache }));
    return { inventoryPath, hosts: plan.hosts };
  } catch (error) {
    await labDown({ stateDirectory, name });
    throw error;
  }
}

async function make(
  shell: Shell,
  plan: LabPlan,
  { cache, shared, libvirt, linkRate, diskRate, signal }: LabRequest,
): Promise<void> {
  mkdirSync(join(plan.folder, 'keys'), { recursive: true });
  if (shared === 'directory') makeSharedDirectory(plan);
  for (const host of plan.hosts) makeHostFolder(plan, host);
  await allSettled([makeKeys(shell, plan), makeNetwork(shell, plan)]);
  signal?.throwIfAborted();
  await allSettled(
    plan.hosts.map(async (host) => {
      const group =
        diskRate === undefined ? undefined : await limitDisk(shell, plan, host, diskRate);
      await startHost(shell, plan, host, [cache], group, signal);
      if (linkRate !== undefined) await limitLink(shell, plan, host, linkRate);
    }),
  );
  if (shared === 'moosefs') await startMooseFs(shell, plan, signal);
  if (libvirt) await startLibvirt(shell, plan, signal);
}

/** One key to log in by, one for each host, and the hosts' public ones as `known_hosts`. */
async function makeKeys(shell: Shell, plan: LabPlan): Promise<void> {
  const generate = (path: string, comment: string) =>
    shell.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', path]);
  await Promise.all([
    generate(join(plan.folder, 'keys', 'id'), `virtgauge lab ${plan.name}`),
    ...plan.hosts.map(({ folder, name }) => generate(join(folder, 'host_key'), name)),
  ]);
  const known = plan.hosts.map(({ folder, name, address }) => {
    const [type, key] = readFileSync(join(folder, 'host_key.pub'), 'utf8').split(' ');
    return `${address},${name} ${type} ${key}\n`;
  });
  writeFileSync(join(plan.folder, 'keys', 'known_hosts'), known.join(''));
}

/** Nothing is begun any more when it rejects, so that what there is can be removed. */
async function allSettled(acts: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(acts)) {
    if (result.status === 'rejected') throw result.reason;
  }
}
