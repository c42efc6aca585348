import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { contentKey } from '../../guest/image/cache.ts';
import type { SavedState } from '../../hypervisor/saved-state.ts';
import { writeState } from '../../hypervisor/qemu/state/save.ts';
import type { Shell } from '../../remote/shell.ts';
import type { MachinesRecord } from '../lab-record.ts';
import { writeSynced } from '../../write-synced.ts';
import { awaitMachine } from './await-machine.ts';
import { makeDisk } from './boot.ts';
import { identityPort, machineArguments, machineCommandLine } from './command-line.ts';
import { machineFiles, type MachineHost } from './plan.ts';
import { startQemu, type Machine } from './process.ts';

const savedSchema = z.strictObject({
  form: z.enum(['piped stream', 'stream', 'mapped']),
  machineType: z.string(),
  bytes: z.int(),
});

/** A machine at the moment at which it waits to be told who it is, for any machine of its kind. */
export interface SavedMachine {
  /** Its folder in the cache. */
  folder: string;
  state: SavedState;
  /** qcow2 on the image's disk. */
  disk: string;
}

/** What is in the folder of a saved machine. */
function parts(folder: string) {
  return {
    disk: join(folder, 'disk.qcow2'),
    state: join(folder, 'state'),
    about: join(folder, 'saved.json'),
  };
}

/**
 * The folder of what is saved of a machine. Whatever could make a state unloadable is in its name:
 * the image, the machine that QEMU makes, QEMU's version, and under KVM the processor.
 */
export async function savedFolder(
  shell: Shell,
  cache: string,
  host: Pick<MachineHost, 'machine' | 'memory' | 'image'>,
  outer: Pick<MachinesRecord, 'accelerator'>,
): Promise<string> {
  const { stdout } = await shell.run(['qemu-system-x86_64', '--version'], { timeout: 30 });
  const processor =
    outer.accelerator === 'kvm'
      ? (/^model name.*$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[0] ?? '')
      : '';
  const about = [host.image.key, machineArguments(host, outer).join(' '), stdout, processor];
  return join(cache, `machine-state-${contentKey(...about)}`);
}

/** What was saved there; undefined if there is nothing that can be used. */
export function readSaved(folder: string): SavedMachine | undefined {
  const { disk, state: path, about } = parts(folder);
  if (![disk, path, about].every((each) => existsSync(each))) return undefined;
  const state = savedSchema.safeParse(JSON.parse(readFileSync(about, 'utf8')));
  return state.success ? { folder, disk, state: { path, ...state.data } } : undefined;
}

/**
 * Boots a machine until it waits to be told who it is, and saves it. It is made in the lab's folder,
 * so that nothing is left of it where that is cut short, and appears in the cache when it is whole.
 * @param host in whose place it boots
 * @param seconds that it gets
 * @throws UserError with the end of its console
 */
export async function saveMachine(
  shell: Shell,
  lab: MachinesRecord,
  host: MachineHost,
  folder: string,
  { seconds, signal }: { seconds: number; signal: AbortSignal },
): Promise<void> {
  const partial = join(lab.folder, `saved-${host.name}`);
  const { disk, state, about } = parts(partial);
  await mkdir(partial, { recursive: true });
  const machine = await bootUntilItWaits(shell, lab, host, { seconds, signal });
  try {
    await machine.qmp.execute('stop', {});
    const holder = { ...machine, shell, directory: host.folder };
    const { form, machineType, bytes } = await writeState(holder, state, signal);
    await machine.qmp.execute('quit', {}).catch(() => undefined);
    await Promise.race([machine.gone, sleep(30_000, undefined, { ref: false })]);
    await rename(machineFiles(host).disk, disk);
    await shell.run(['sync', disk], { signal });
    writeSynced(about, `${JSON.stringify({ form, machineType, bytes })}\n`);
  } finally {
    machine.leave();
  }
  await rm(folder, { recursive: true, force: true });
  await rename(partial, folder).catch((error: unknown) => {
    // Another lab was quicker.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  });
}

/** Starts a machine; resolves when it has opened the port by which it is told who it is. */
async function bootUntilItWaits(
  shell: Shell,
  lab: MachinesRecord,
  host: MachineHost,
  limits: { seconds: number; signal: AbortSignal },
): Promise<Machine> {
  await makeDisk(shell, host, { path: host.image.disk, format: 'raw' });
  const qemu = machineCommandLine(host, lab, { incoming: false });
  const machine = await startQemu(shell, lab, host, qemu, limits.signal);
  const { qmp } = machine;
  const waits = awaitMachine(machine, 'expected it to boot', limits, (resolve, reject) => {
    const stop = qmp.onEvent(({ event, data: { id, open } }) => {
      if (event === 'VSERPORT_CHANGE' && id === identityPort && open === true) resolve();
    });
    qmp.execute('cont', {}).catch(reject);
    return stop;
  });
  try {
    await waits;
    return machine;
  } catch (error) {
    machine.leave();
    throw error;
  }
}
