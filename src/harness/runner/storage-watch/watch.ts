import { setTimeout as sleep } from 'node:timers/promises';
import type { StoragePulse } from './pulse.ts';

/** Seconds between two looks: so seldom that what is measured meanwhile does not feel them. */
const usualInterval = 5;
/** Seconds for a look that is under way to end when it is no more wanted. */
const patience = 2;

/**
 * Watches storages until it is stopped; one that falls silent is told once, and watched no more.
 * @returns what stops it
 */
export function watchStorages(
  pulses: readonly Pick<StoragePulse, 'beat' | 'settled'>[],
  onSilent: (which: number, why: string) => void,
  interval = usualInterval,
): () => Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  const watch = async (pulse: Pick<StoragePulse, 'beat'>, which: number) => {
    for (;;) {
      const woken = await sleep(interval * 1000, true, { signal, ref: false }).catch(() => false);
      if (!woken) return;
      const why = await pulse.beat();
      if (signal.aborted) return;
      if (why === undefined) continue;
      onSilent(which, why);
      return;
    }
  };
  pulses.forEach((pulse, which) => void watch(pulse, which));
  return async () => {
    stop.abort();
    await Promise.all(pulses.map((pulse) => pulse.settled(patience)));
  };
}
