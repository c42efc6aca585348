import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { localShell } from '../../remote/local.ts';
import type { MachinesRecord } from '../lab-record.ts';
import { markedShell } from '../marked-shell.ts';
import { bootMachine } from './boot.ts';
import { identify } from './identify.ts';
import { hostOf, machineFiles } from './plan.ts';
import { endMachine, whyGone } from './process.ts';
import { readSaved, savedFolder } from './saved-machine.ts';
import { begin, patience } from './start.ts';

/**
 * Takes a machine's power away: SIGKILL to its QEMU. What it had not written to its disk is lost; what
 * QEMU itself still holds, too, if the lab's `diskCache` is `unsafe`.
 * @throws UserError if the lab has no such host
 */
export async function killMachine(lab: MachinesRecord, host: string): Promise<void> {
  await endMachine(lab, hostOf(lab, host));
}

/**
 * Starts a machine that was killed or has ended, on the disk that it has; resolves when it answers to
 * ssh. One that runs is left as it is.
 * @throws UserError with the end of its console
 */
export async function startMachine(
  lab: MachinesRecord,
  host: string,
  signal?: AbortSignal,
): Promise<void> {
  const found = hostOf(lab, host);
  const shell = markedShell(localShell, lab.mark);
  const { console: path, pid } = machineFiles(found);
  if (whyGone(lab, found) === undefined) return;
  await endMachine(lab, found);
  // Its last words stay.
  if (existsSync(path)) await shell.run(['mv', '-f', '--', path, `${path}.old`]);
  await shell.run(['rm', '-f', '--', pid]);
  const machine = await bootMachine(shell, lab, found, signal);
  try {
    await identify(lab, machine, patience, signal);
  } finally {
    machine.leave();
  }
}

/**
 * Puts a machine back as it was when the lab was made, disk and all: from what is saved of its kind,
 * or by a boot. Resolves when it answers to ssh.
 * @param cache of this machine, with what is saved
 * @throws UserError with the end of its console
 */
export async function resetMachine(
  lab: MachinesRecord,
  host: string,
  cache: string,
  signal: AbortSignal,
): Promise<void> {
  const found = hostOf(lab, host);
  const shell = markedShell(localShell, lab.mark);
  await endMachine(lab, found);
  const { console: log, pid, disk } = machineFiles(found);
  for (const path of [log, pid, disk, join(found.folder, 'base.qcow2')]) {
    await rm(path, { force: true });
  }
  const saved = readSaved(await savedFolder(shell, cache, found, lab));
  const progress = () => undefined;
  const machine = await begin(shell, lab, found, saved, { signal, progress });
  try {
    await identify(lab, machine, patience, signal);
  } finally {
    machine.leave();
  }
}
