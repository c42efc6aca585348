import { UserError } from '../../base/errors.ts';
import type { HostEntry } from '../remote/inventory/schema.ts';
import { machinesOf } from '../lab/machines-of.ts';
import { namespacesOf } from '../lab/namespaces-of.ts';
import { userCommand } from './user-command.ts';

/** What takes a host's power away, and gives it back. */
export interface Power {
  /**
   * At once and without notice, as a power cut does: what the host had not written is lost.
   * @throws UserError if it cannot be
   */
  cut(): Promise<void>;
  /**
   * Resolves when it has power; it may take minutes until it answers. One that has it stays as it is.
   * @throws UserError if it cannot be
   */
  restore(signal?: AbortSignal): Promise<void>;
}

export interface PowerOptions {
  /**
   * Hosts that share this machine's kernel will do, as those of a lab of namespaces: they can be taken
   * away, but what they have not synced is not lost. Default: false.
   */
  readonly sharedKernel?: boolean;
}

/**
 * By the commands of the inventory, or of a machine of a lab by its QEMU.
 * @throws UserError if there is no way, or if what the host has synced would not survive it
 */
export async function powerOf(
  entry: HostEntry,
  { sharedKernel = false }: PowerOptions = {},
): Promise<Power> {
  const { name, power, lab } = entry;
  if (power !== undefined) {
    return {
      cut: () => userCommand(name, 'powerOff', power.off),
      restore: (signal) => userCommand(name, 'powerOn', power.on, signal),
    };
  }
  const namespaces = sharedKernel ? lab && namespacesOf(lab) : undefined;
  if (namespaces !== undefined) {
    const { killHost, requireRestartable, startHostAgain } =
      await import('../lab/namespaces/power.ts');
    requireRestartable(namespaces);
    const kept = entry.cache === undefined ? [] : [entry.cache];
    const start = () => startHostAgain(namespaces, name, kept);
    return {
      cut: () => killHost(namespaces, name),
      restore: () => once(JSON.stringify(lab), name, start),
    };
  }
  const record = lab && machinesOf(lab);
  if (record === undefined) {
    throw new UserError({
      where: name,
      message: 'expected a host of its own kernel whose power can be cut, found no way to cut it',
      remedy:
        'Name powerOff and powerOn in the inventory, or use a lab of whole machines: virtgauge lab up --machines kvm:1 --disk-cache writeback',
    });
  }
  if (record.diskCache === 'unsafe') {
    throw new UserError({
      where: name,
      message: `expected a disk that keeps what was synced, the machines of lab ${record.name} have disk cache unsafe`,
      remedy: 'Make the lab anew: virtgauge lab up --machines kvm:1 --disk-cache writeback',
    });
  }
  const { killMachine, startMachine } = await import('../lab/machines/power.ts');
  return {
    cut: () => killMachine(record, name),
    restore: (signal) => once(JSON.stringify(lab), name, () => startMachine(record, name, signal)),
  };
}

/** What is under way, by lab and host: a teardown must not start a machine that is being started. */
const restoring = new Map<string, Promise<void>>();

function once(lab: string, name: string, start: () => Promise<void>): Promise<void> {
  const key = `${lab} ${name}`;
  const known = restoring.get(key);
  if (known !== undefined) return known;
  const started = start().finally(() => restoring.delete(key));
  restoring.set(key, started);
  return started;
}
