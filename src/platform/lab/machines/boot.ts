import type { Shell } from '../../remote/shell.ts';
import type { MachinesRecord } from '../lab-record.ts';
import { machineCommandLine } from './command-line.ts';
import { machineFiles, type MachineHost } from './plan.ts';
import { startQemu, type Machine } from './process.ts';

/** Makes a machine's disk: it differs from another one by what is written from now on. */
export async function makeDisk(
  shell: Shell,
  host: MachineHost,
  base: { path: string; format: 'raw' | 'qcow2' },
): Promise<void> {
  const { disk } = machineFiles(host);
  const backing = ['-b', base.path, '-F', base.format];
  await shell.run(['qemu-img', 'create', '-q', '-f', 'qcow2', ...backing, disk], { timeout: 60 });
}

/**
 * Starts a machine on the disk that it has, and lets it run.
 * @throws UserError with QEMU's own words if it does not start
 */
export async function bootMachine(
  shell: Shell,
  lab: MachinesRecord,
  host: MachineHost,
  signal?: AbortSignal,
): Promise<Machine> {
  const qemu = machineCommandLine(host, lab, { incoming: false });
  const machine = await startQemu(shell, lab, host, qemu, signal);
  await machine.qmp.execute('cont', {});
  return machine;
}
