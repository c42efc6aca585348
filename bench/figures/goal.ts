import type { Interval } from '../../src/base/stats/interval.ts';
import type { Outcome } from '../benchmark.ts';

/**
 * Whether an interval lies wholly inside [low, high] (met), wholly outside (short), or neither.
 * Without an interval (fewer than 6 pairs) nothing is shown.
 */
export function within(
  interval: Pick<Interval, 'low' | 'high'> | undefined,
  { low = -Infinity, high = Infinity }: { low?: number; high?: number },
): Outcome {
  if (interval === undefined) return 'inconclusive';
  if (interval.low >= low && interval.high <= high) return 'met';
  return interval.low > high || interval.high < low ? 'short' : 'inconclusive';
}
