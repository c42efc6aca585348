import { createHash } from 'node:crypto';
import { UserError } from '../../base/errors.ts';
import { withMachineLock } from '../../platform/lab/machine-lock.ts';

const nameOf = (folder: string) =>
  `virtgauge-p2v-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;

/** Another process acts on a conversion: what becomes of that is not ours to tell. */
export class Busy extends UserError {}

/**
 * Acts while no other process of this machine acts on the conversion in a folder: who converts holds
 * the monitors at both ends.
 * @throws Busy at once if another does
 */
export async function alone<T>(folder: string, act: () => Promise<T>): Promise<T> {
  const state = { begun: false };
  try {
    return await withMachineLock(nameOf(folder), 0, () => {
      state.begun = true;
      return act();
    });
  } catch (cause) {
    if (state.begun) throw cause;
    throw new Busy(
      {
        where: folder,
        message: 'expected a conversion that nobody is at, another process is converting it now',
        remedy: 'Look at what that one says, or interrupt it.',
      },
      { cause },
    );
  }
}
