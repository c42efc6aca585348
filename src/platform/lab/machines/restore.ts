import { link, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readState } from '../../hypervisor/qemu/state/load.ts';
import type { Shell } from '../../remote/shell.ts';
import type { MachinesRecord } from '../lab-record.ts';
import { makeDisk } from './boot.ts';
import { machineCommandLine } from './command-line.ts';
import { endMachine, startQemu, type Machine } from './process.ts';
import type { MachineHost } from './plan.ts';
import type { SavedMachine } from './saved-machine.ts';

/**
 * Starts a machine from a saved one, and lets it run.
 * @returns undefined if the state does not load, as one of another QEMU may not
 * @throws the signal's reason
 */
export async function restoreMachine(
  shell: Shell,
  lab: MachinesRecord,
  host: MachineHost,
  saved: SavedMachine,
  signal: AbortSignal,
): Promise<Machine | undefined> {
  const base = join(host.folder, 'base.qcow2');
  let machine: Machine | undefined;
  try {
    // A second name for the file: the lab keeps it though what is saved is thrown away.
    await link(saved.disk, base);
    await makeDisk(shell, host, { path: base, format: 'qcow2' });
    const qemu = machineCommandLine(host, lab, { incoming: true });
    machine = await startQemu(shell, lab, host, qemu, signal);
    await readState({ ...machine, shell, directory: host.folder }, saved.state, signal);
    await machine.qmp.execute('cont', {});
    return machine;
  } catch {
    machine?.leave();
    signal.throwIfAborted();
    await endMachine(lab, host);
    await rm(base, { force: true });
    return undefined;
  }
}
