import { dominance } from './dominance.ts';

/**
 * Cliff's delta, from −1 to 1: the probability that a value of `other` is greater than one of
 * `baseline`, less the probability that it is less. 0 where neither tends to be greater. Throws a
 * RangeError for no values and NaN; failed trials may be Infinity.
 *
 * N. Cliff, "Dominance statistics: ordinal analyses to answer ordinal questions", Psychological
 * Bulletin 114 (1993).
 */
export function cliffsDelta(baseline: ArrayLike<number>, other: ArrayLike<number>): number {
  const { greater, less } = dominance(baseline, other);
  return (greater - less) / (baseline.length * other.length);
}
