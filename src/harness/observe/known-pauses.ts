import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import type { Guest } from '../../platform/hypervisor/hypervisor.ts';
import type { Span } from './observer.ts';

/** A pause that was made on purpose, in seconds on our clock. */
export interface KnownPause {
  /** From halfway through the command that stopped to halfway through the one that let go. */
  commanded: Span;
  /** How far off its length may be: half of what both commands took. */
  uncertainty: number;
}

/** Stops the guest's CPUs for a while and lets them go again. */
export async function pauseFor(
  guest: Pick<Guest, 'pause' | 'resume'>,
  clock: Clock,
  seconds: number,
): Promise<KnownPause> {
  const asked = clock.now();
  await guest.pause();
  const stopped = clock.now();
  await sleep(seconds * 1000);
  const before = clock.now();
  await guest.resume();
  const after = clock.now();
  return {
    commanded: { from: (asked + stopped) / 2, to: (before + after) / 2 },
    uncertainty: (stopped - asked + after - before) / 2,
  };
}
