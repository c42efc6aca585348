import type { Interval } from '../../src/base/stats/interval.ts';
import { numberText } from './number-text.ts';

/** `0.72 s (95 % interval 0.71–0.74)`, or why there is none. */
export function intervalText(
  interval: Interval | undefined,
  unit: string,
  text = numberText,
): string {
  if (interval === undefined) return 'has no interval: that takes 6 pairs';
  const { estimate, low, high } = interval;
  return `${text(estimate)} ${unit} (95 % interval ${text(low)} to ${text(high)})`;
}
