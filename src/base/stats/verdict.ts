import type { Interval } from './interval.ts';

export type Verdict = 'different' | 'equal' | 'inconclusive';

/**
 * What the interval of a ratio to the baseline says, given the margin within which a ratio counts as the
 * same (0.05: from 1/1.05 to 1.05).
 *
 * - `equal`: the interval lies wholly inside the margin. Also where it excludes 1: that is a difference,
 *   but one that is shown to be smaller than what the user said matters.
 * - `different`: the interval excludes 1 and is not wholly inside the margin.
 * - `inconclusive`: neither. Never to be reported as "the same".
 *
 * A margin of 0 knows no equality. Throws a RangeError for a negative margin, for NaN and for an interval
 * that is no interval of a ratio.
 */
export function verdict({ low, high }: Pick<Interval, 'low' | 'high'>, margin: number): Verdict {
  if (!(margin >= 0 && margin < Infinity)) {
    throw new RangeError(`verdict: expected a margin of 0 or more, got ${margin}`);
  }
  if (!(low >= 0 && low <= high)) {
    throw new RangeError(`verdict: expected 0 ≤ low ≤ high, got ${low} and ${high}`);
  }
  if (margin > 0 && low >= 1 / (1 + margin) && high <= 1 + margin) return 'equal';
  return low > 1 || high < 1 ? 'different' : 'inconclusive';
}
