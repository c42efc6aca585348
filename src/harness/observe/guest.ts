import type { GuestClock } from './guest-clock.ts';
import type { Span, Trace } from './observer.ts';
import { spansTrace } from './spans-trace.ts';

/** Seconds: a step that is known worse is worth a word. */
const doubtful = 0.02;

/**
 * The outages that the guest's own clock shows: in each pause, the time by which it did not age.
 * `warnings` say of which pauses it shows nothing, and why; `unseen` are those of which that is no answer
 * either: nobody asked the guest on one side of it.
 */
export function guestTrace(
  clock: GuestClock,
  pauses: readonly Span[],
): Trace & { warnings: readonly string[]; unseen: readonly Span[] } {
  const steps: Span[] = [];
  const unseen: Span[] = [];
  const warnings = new Set<string>();
  for (const { from, to } of pauses) {
    const step = clock.stepAround((from + to) / 2);
    if (step === undefined) {
      unseen.push({ from, to });
      warnings.add("guest's clock: no answers on one side of a pause, so that it shows no step");
      continue;
    }
    if (Math.abs(step.value) <= step.error && to - from > step.error) {
      warnings.add(
        "guest's clock: it went on while the guest was stopped, so that it shows no step",
      );
      continue;
    }
    if (step.error > doubtful) {
      warnings.add(`guest's clock: a step is known only to ± ${(step.error * 1000).toFixed(0)} ms`);
    }
    if (step.value > 0) steps.push({ from: to - step.value, to });
  }
  const errors = clock.stretches.flatMap(({ first, last }) => [first.error, last.error]);
  return { ...spansTrace(steps, 2 * Math.max(0, ...errors)), warnings: [...warnings], unseen };
}
