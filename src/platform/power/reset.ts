import type { HostEntry } from '../remote/inventory/schema.ts';
import { machinesOf } from '../lab/machines-of.ts';
import { userCommand } from './user-command.ts';

/** Puts a machine back as it was before it was converted, and starts it. */
export type Reset = (signal: AbortSignal) => Promise<void>;

/**
 * By the command of the inventory, or of a machine of a lab from what is saved of it; undefined: there
 * is no way.
 * @param cache of this machine
 */
export function resetOf(entry: HostEntry, cache: string): Reset | undefined {
  const { name, reset, lab } = entry;
  if (reset !== undefined) return (signal) => userCommand(name, 'reset', reset, signal);
  const record = lab && machinesOf(lab);
  if (record === undefined) return undefined;
  return async (signal) => {
    const { resetMachine } = await import('../lab/machines/power.ts');
    await resetMachine(record, name, cache, signal);
  };
}
