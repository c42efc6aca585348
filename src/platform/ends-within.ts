import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Whether the work ends, well or not, within so many seconds. What takes longer goes on unwatched.
 */
export async function endsWithin(seconds: number, work: Promise<unknown>): Promise<boolean> {
  const stop = new AbortController();
  const done = work.then(
    () => true,
    () => true,
  );
  const late = sleep(seconds * 1000, false, { signal: stop.signal }).catch(() => false);
  try {
    return await Promise.race([done, late]);
  } finally {
    stop.abort();
  }
}
