import type { GuestClock } from './guest-clock.ts';
import type { Span, Trace } from './observer.ts';
import { spansTrace } from './spans-trace.ts';

/** The outages that the guest's own clock shows: in each pause, the time by which it did not age. */
export function guestTrace(clock: GuestClock, pauses: readonly Span[]): Trace {
  const steps = pauses.flatMap(({ from, to }) => {
    const step = clock.stepAround((from + to) / 2);
    return step && step.value > step.error ? [{ from: to - step.value, to }] : [];
  });
  const errors = clock.stretches.flatMap(({ first, last }) => [first.error, last.error]);
  return spansTrace(steps, 2 * Math.max(0, ...errors));
}
