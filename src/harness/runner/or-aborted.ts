import { onAbort } from '../../platform/remote/on-abort.ts';

/** The outcome of `work`, or a rejection with the reason of the signal if that is aborted first. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stopListening: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stopListening = onAbort(signal, reject);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stopListening();
  }
}
