import { setMaxListeners } from 'node:events';

/**
 * Calls once when the signal is aborted, at once if it is already. Many commands may wait for one
 * signal: Node's warning of a leak is off for it.
 * @returns stops listening
 */
export function onAbort(
  signal: AbortSignal | undefined,
  listener: (reason: Error) => void,
): () => void {
  if (signal === undefined) return () => undefined;
  const call = () => listener(signal.reason as Error);
  if (signal.aborted) {
    call();
    return () => undefined;
  }
  setMaxListeners(0, signal);
  signal.addEventListener('abort', call, { once: true });
  return () => signal.removeEventListener('abort', call);
}
