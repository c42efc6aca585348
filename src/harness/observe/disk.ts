import type { GuestClock } from './guest-clock.ts';
import { gaps, longestGap, signsOf } from './outages.ts';
import type { Span, Trace } from './observer.ts';

/** One write that the witness saw completed. */
export interface CompletedWrite {
  number: number;
  /** The guest's time since its kernel started, in seconds. */
  guestTime: number;
}

/** @param text lines `N NANOSECONDS` of the witness's log; a last line that is cut off is left out */
export function parseWitnessLog(text: string): CompletedWrite[] {
  return [...text.matchAll(/^(\d+) (\d+)\n/gm)].map(([, number, nanoseconds]) => ({
    number: Number(number),
    guestTime: Number(nanoseconds) / 1e9,
  }));
}

/**
 * The disk as the witness saw it from inside: gaps between completed writes, in time mapped by the
 * guest's clock, which stands still while the guest does.
 */
export function diskTrace(
  writes: readonly CompletedWrite[],
  clock: GuestClock,
  watched: Span,
  raw: Trace['raw'] = [],
): Trace {
  const times = writes.flatMap(({ guestTime }) => clock.toOurs(guestTime) ?? []);
  const signs = signsOf(Float64Array.from(times), watched);
  const error = Math.max(
    0,
    ...clock.stretches.flatMap(({ first, last }) => [first.error, last.error]),
  );
  return {
    gaps: (window, threshold) => gaps(signs, window, threshold),
    longest: (window) => longestGap(signs, window),
    resolution: Math.max(medianStep(signs.at), error),
    raw,
  };
}

/** The usual time from one write to the next: nothing shorter can be told from it. */
function medianStep(times: Float64Array): number {
  const steps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  return steps.sort()[steps.length >> 1] ?? 0;
}
