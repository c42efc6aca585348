import { mkdirSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { makeFolder } from '../../make-folder.ts';
import { localShell } from '../../remote/local.ts';
import type { Shell } from '../../remote/shell.ts';
import { makeKeys } from '../keys.ts';
import type { MachinesRecord } from '../lab-record.ts';
import { makeLab, type Lab } from '../make-lab.ts';
import { requirePrograms, requireRoot } from '../requirements.ts';
import { availableMemory, checkBudget } from './budget.ts';
import { hardwareOf } from './hardware.ts';
import { machineImage, type MachineKind } from './image/index.ts';
import { machinesInventoryText } from './inventory.ts';
import { makeMachineNetwork } from './network.ts';
import { planMachines, type MachineHost } from './plan.ts';
import { checkMachinesRequest, type MachinesRequest } from './request.ts';
import { readSaved, savedFolder } from './saved-machine.ts';
import { startMachines } from './start.ts';

const programs = [
  ['qemu-system-x86_64', 'qemu-system-x86'],
  ['qemu-img', 'qemu-utils'],
  ['ssh-keygen', 'openssh-client'],
  ['ip', 'iproute2'],
  ['tc', 'iproute2'],
  ['nsenter', 'util-linux'],
  ['setsid', 'util-linux'],
] as const;

type Asked = Pick<MachineHost, 'machine' | 'image' | 'memory'>;

/**
 * Makes a lab of hosts that are whole machines, each with a kernel of its own; it stays until
 * `labDown`. The first machine of a kind is booted and saved, once per cache; all are restored.
 * @throws UserError if it cannot be made here, or one of this name exists; nothing is left then
 */
export async function machinesUp(request: MachinesRequest): Promise<Lab> {
  const { cache, machines, memory, accelerator = 'tcg' } = request;
  checkMachinesRequest(request);
  requireRoot('machines with a network among them');
  await requirePrograms(localShell, programs);
  makeFolder(cache);
  const images = new Map<MachineKind, MachineHost['image']>();
  for (const kind of new Set(machines)) {
    const { key, kernel, initramfs, append, xen, disk } = await machineImage(
      localShell,
      cache,
      kind,
      request,
    );
    images.set(kind, { key, kernel, initramfs, append, xen, disk });
  }
  const asked = machines.flatMap((machine): Asked[] => {
    const image = images.get(machine);
    if (image === undefined) return [];
    return [{ machine, image, memory: memory ?? hardwareOf(machine, accelerator).memory }];
  });
  await requireRoom(request, asked);
  return makeLab<MachinesRecord>(request, {
    plan: ({ maker, startedAt, ...draw }) => ({
      ...{ kind: 'machines', ...planMachines(draw, asked), maker, startedAt, accelerator },
      diskCache: request.diskCache ?? 'unsafe',
      ...(request.shared && { shared: request.shared }),
      ...(request.linkRate !== undefined && { linkRate: request.linkRate }),
    }),
    makeNetwork: makeMachineNetwork,
    makeHosts: (shell, lab) => makeMachines(shell, lab, request),
    inventory: machinesInventoryText,
  });
}

async function requireRoom(
  { cache, fresh = false, accelerator = 'tcg' }: MachinesRequest,
  asked: readonly Asked[],
): Promise<void> {
  const unsaved = new Map<string, number>();
  for (const each of fresh ? [] : asked) {
    const folder = await savedFolder(localShell, cache, each, { accelerator });
    if (readSaved(folder) === undefined) unsaved.set(folder, each.memory);
  }
  const { bavail, bsize } = await statfs(cache);
  checkBudget(
    {
      memory: availableMemory(readFileSync('/proc/meminfo', 'utf8')),
      disk: bavail * bsize,
      cpus: availableParallelism(),
    },
    {
      accelerator,
      machines: asked.map(({ machine, memory }) => ({
        memory,
        vcpus: hardwareOf(machine, accelerator).vcpus,
      })),
      states: [...unsaved.values()].reduce((sum, each) => sum + each, 0),
      folder: cache,
    },
  );
}

async function makeMachines(
  shell: Shell,
  lab: MachinesRecord,
  request: MachinesRequest,
): Promise<void> {
  for (const { folder } of lab.hosts) mkdirSync(folder, { recursive: true });
  await makeKeys(shell, lab);
  const { cache, fresh = false, signal, progress } = request;
  await startMachines(shell, lab, {
    ...{ cache, fresh },
    signal: signal ?? new AbortController().signal,
    progress: progress ?? (() => undefined),
  });
}
