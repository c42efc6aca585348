import { rm } from 'node:fs/promises';
import type { Shell } from '../../remote/shell.ts';
import { allSettled } from '../all-settled.ts';
import type { MachinesRecord } from '../lab-record.ts';
import { bootMachine, makeDisk } from './boot.ts';
import { identify, nfsServer } from './identify.ts';
import type { MachineHost } from './plan.ts';
import type { Machine } from './process.ts';
import { restoreMachine } from './restore.ts';
import { readSaved, savedFolder, saveMachine, type SavedMachine } from './saved-machine.ts';

/** Seconds that a machine gets to boot, or to become who it is: many times what it takes. */
export const patience = 600;

export interface StartOptions {
  cache: string;
  /** Boot them, though there are saved ones, and save none. */
  fresh: boolean;
  signal: AbortSignal;
  progress: (text: string) => void;
}

/**
 * Starts the machines of a lab on new disks; resolves when all answer to ssh.
 * @throws UserError with the end of the console of one that does not
 */
export async function startMachines(
  shell: Shell,
  lab: MachinesRecord,
  options: StartOptions,
): Promise<void> {
  const saved = options.fresh
    ? new Map<string, SavedMachine>()
    : await saveAll(shell, lab, options);
  // The first failure ends what the others are at.
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, options.signal]);
  const start = async (host: MachineHost, after: Promise<void>) => {
    try {
      const machine = await begin(shell, lab, host, saved.get(host.machine), {
        ...options,
        signal,
      });
      try {
        await after;
        await identify(lab, machine, patience, signal);
      } finally {
        machine.leave();
      }
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  };
  // What it serves must be there when the others mount it.
  const server = lab.shared === undefined ? undefined : nfsServer(lab);
  const first = server === undefined ? Promise.resolve() : start(server, Promise.resolve());
  const others = lab.hosts.filter((host) => host !== server);
  await allSettled([first, ...others.map((host) => start(host, first))]);
}

/** A saved machine for each kind: saved now, one after the other, where there is none yet. */
async function saveAll(
  shell: Shell,
  lab: MachinesRecord,
  { cache, signal, progress }: StartOptions,
): Promise<Map<string, SavedMachine>> {
  const all = new Map<string, SavedMachine>();
  for (const host of lab.hosts) {
    if (all.has(host.machine)) continue;
    const folder = await savedFolder(shell, cache, host, lab);
    if (readSaved(folder) === undefined) {
      progress(`a machine of kind ${host.machine} boots and is saved: once, then it is restored`);
      await saveMachine(shell, lab, host, folder, { seconds: patience, signal });
    }
    const saved = readSaved(folder);
    if (saved !== undefined) all.set(host.machine, saved);
  }
  return all;
}

/** From what is saved; where that does not load it is thrown away, and the machine boots. */
export async function begin(
  shell: Shell,
  lab: MachinesRecord,
  host: MachineHost,
  saved: SavedMachine | undefined,
  { signal, progress }: Pick<StartOptions, 'signal' | 'progress'>,
): Promise<Machine> {
  if (saved !== undefined) {
    const machine = await restoreMachine(shell, lab, host, saved, signal);
    if (machine !== undefined) return machine;
    progress(`what was saved of kind ${host.machine} does not load: ${host.name} boots`);
    await rm(saved.folder, { recursive: true, force: true });
  }
  await makeDisk(shell, host, { path: host.image.disk, format: 'raw' });
  return bootMachine(shell, lab, host, signal);
}
