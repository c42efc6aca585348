import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for work to end, well or not, but no longer than so many seconds. */
export async function bounded(work: Promise<unknown>, seconds: number): Promise<void> {
  const patience = sleep(seconds * 1000, undefined, { ref: false });
  await Promise.race([work, patience]).catch(() => undefined);
}
