import { setTimeout as sleep } from 'node:timers/promises';
import type { Guest } from '../hypervisor/hypervisor.ts';
import { within } from '../within.ts';

/** Seconds for each step; an emulated host takes some to end a guest of Xen. */
const limit = 30;

/**
 * Ends a guest and looks on its host whether anything of it is left.
 * @returns undefined if nothing is, else why that is not known
 */
export async function proveEnded(
  guest: Pick<Guest, 'destroy' | 'exists'>,
): Promise<string | undefined> {
  try {
    await within(limit, `it did not end within ${limit} s`, guest.destroy());
    const deadline = performance.now() + limit * 1000;
    while (await within(limit, `its host did not answer within ${limit} s`, guest.exists())) {
      if (performance.now() > deadline) return 'it ended, and is still there';
      await sleep(20);
    }
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
