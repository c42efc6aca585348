import type { Guest } from '../hypervisor/hypervisor.ts';
import { panicIn } from '../remote/console-log.ts';

/**
 * Waits for something that a guest does, and for what may keep it from ever doing it: its process
 * ends, its time is over, the signal aborts.
 * @param timeout seconds
 * @param lacking what it has not done when its time is over: `did not answer`
 * @param work gets a signal that is aborted when nobody waits any more
 */
export async function orFailed<Result>(
  guest: Guest,
  { timeout, signal }: { timeout: number; signal: AbortSignal },
  lacking: () => string,
  work: (stop: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  const failure = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`${lacking()} within ${timeout} s${lastWords(guest)}`));
    }, timeout * 1000);
    stop.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(stop.reason as Error);
    });
    void guest.gone.then((why) => reject(new Error(`${why}${lastWords(guest)}`)));
  });
  const working = work(stop);
  try {
    return await Promise.race([working, failure]);
  } finally {
    // What still waits must stop, and its rejection has been told or does not matter.
    for (const promise of [working, failure]) void promise.catch(() => undefined);
    ended.abort(new Error('done'));
  }
}

function lastWords({ faults, console }: Guest): string {
  const lines = panicIn(console.text)?.split('\n') ?? console.text.trim().split(/\r?\n/).slice(-3);
  const said = lines.join('') === '' ? 'is empty' : `ends: ${lines.join(' | ')}`;
  return [...faults.slice(0, 1).map((fault) => `; ${fault}`), `; its console ${said}`].join('');
}
