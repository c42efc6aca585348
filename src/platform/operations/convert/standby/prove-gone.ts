import { UserError } from '../../../../base/errors.ts';
import type { HostEntry } from '../../../remote/inventory/schema.ts';
import { machinesOf } from '../../../lab/machines-of.ts';
import { goneMachines } from '../../../lab/index.ts';
import { powerOf } from '../../../power/power.ts';

/**
 * Proves that a machine does not run, by another way than its network: what gives it its power. One
 * that may still run loses its power for it.
 * @returns how it is known
 * @throws UserError if there is no other way to ask, or it did not tell
 */
export async function proveGone(entry: HostEntry): Promise<string> {
  const { name, lab } = entry;
  const machines = lab && machinesOf(lab);
  if (machines !== undefined && goneMachines(machines).some(({ host }) => host === name)) {
    return 'the machine has no power';
  }
  try {
    const power = await powerOf(entry);
    await power.cut();
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    throw new UserError(
      {
        where: name,
        message: `expected a proof that the machine does not run, by another way than its network: ${cause.message}`,
        remedy:
          'Name powerOff and powerOn of the machine in the inventory before it is converted. Without a proof the copy is not started: two would serve.',
      },
      { cause },
    );
  }
  return 'its power was taken away';
}
