import { setTimeout as sleep } from 'node:timers/promises';
import type { Guest } from '../hypervisor/hypervisor.ts';
import { CommandError } from '../remote/shell.ts';
import { within } from '../within.ts';

/** Seconds for each step. */
const limit = 10;

/**
 * Ends a guest and looks on its host whether its process is gone.
 * @returns undefined if it is, else why that is not known
 */
export async function proveEnded(guest: Guest): Promise<string | undefined> {
  try {
    await within(limit, `it did not end within ${limit} s`, guest.destroy());
    const deadline = performance.now() + limit * 1000;
    while (await exists(guest)) {
      if (performance.now() > deadline) return `its process ${guest.pid} did not go`;
      await sleep(20);
    }
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A zombie counts for nothing: it only waits for whoever started it. */
async function exists({ host, pid }: Guest): Promise<boolean> {
  try {
    const { stdout } = await host.shell.run(['cat', `/proc/${pid}/stat`], { timeout: limit });
    return !/\) Z /.test(stdout);
  } catch (error) {
    if (error instanceof CommandError && error.code === 1) return false;
    throw error;
  }
}
