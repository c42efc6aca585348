import { setTimeout as sleep } from 'node:timers/promises';
import { onAbort } from '../../platform/remote/on-abort.ts';

/**
 * The outcome of `work`, which ends by itself when the signal is aborted. If it does not within so
 * many seconds of that, it is left to itself, and the reason of the signal is the error: a program
 * may hang where not even SIGKILL ends it.
 */
export async function orAbandoned<T>(
  work: Promise<T>,
  signal: AbortSignal,
  seconds: number,
): Promise<T> {
  const over = new AbortController();
  let stopListening: () => void = () => undefined;
  const late = new Promise<never>((_, reject) => {
    stopListening = onAbort(signal, (reason) => {
      sleep(seconds * 1000, undefined, { signal: over.signal }).then(
        () => reject(reason),
        () => undefined,
      );
    });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    stopListening();
    over.abort();
    // What comes later concerns nobody.
    work.catch(() => undefined);
  }
}
