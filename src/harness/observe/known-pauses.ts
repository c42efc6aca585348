import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import type { Guest } from '../../platform/hypervisor/hypervisor.ts';
import type { ObserverName, Span, Trace } from './observer.ts';

/** A pause that was made on purpose, in seconds on our clock. */
export interface KnownPause {
  /** From halfway through the command that stopped to halfway through the one that let go. */
  commanded: Span;
  /** How far off its length may be: half of what both commands took. */
  uncertainty: number;
}

/** Seconds around a known pause in which its gap is looked for. */
const margin = 0.1;

/** Stops the guest's CPUs for a while and lets them go again, whatever `signal` says. */
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

/**
 * How far an observer is off about a known pause: the gap that it saw, minus the pause, in seconds.
 * The pause is as long as the hypervisor's stamps say, but for the observer of these stamps, which
 * is held against the commands.
 * @param stamped pauses by the hypervisor's stamps
 */
export function calibrationError(
  observer: ObserverName,
  trace: Pick<Trace, 'longest'>,
  { commanded }: Pick<KnownPause, 'commanded'>,
  stamped: readonly Span[],
): number {
  const around = { from: commanded.from - margin, to: commanded.to + margin };
  const own = stamped.find(({ from, to }) => to > commanded.from && from < commanded.to);
  const { from, to } = observer === 'hypervisor-events' ? commanded : (own ?? commanded);
  return trace.longest(around) - (to - from);
}
