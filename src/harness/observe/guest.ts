import type { GuestClock } from './guest-clock.ts';
import type { Span, Trace } from './observer.ts';
import { spansTrace } from './spans-trace.ts';

/**
 * The outages that the guest's own clock shows: in each pause, the time by which it did not age.
 * `warnings` say of which pauses it shows nothing, and why.
 */
export function guestTrace(
  clock: GuestClock,
  pauses: readonly Span[],
): Trace & { warnings: readonly string[] } {
  const steps: Span[] = [];
  const warnings = new Set<string>();
  for (const { from, to } of pauses) {
    const step = clock.stepAround((from + to) / 2);
    if (step === undefined) {
      warnings.add("guest's clock: no answers on one side of a pause, so that it shows no step");
    } else if (step.value > step.error) {
      steps.push({ from: to - step.value, to });
    } else if (to - from > step.error) {
      warnings.add(
        "guest's clock: it went on while the guest was stopped, so that it shows no step",
      );
    }
  }
  const errors = clock.stretches.flatMap(({ first, last }) => [first.error, last.error]);
  return { ...spansTrace(steps, 2 * Math.max(0, ...errors)), warnings: [...warnings] };
}
