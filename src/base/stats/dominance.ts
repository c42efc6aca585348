import { expectValues } from './expect-numbers.ts';

/** How often a value of `other` is greater than, less than, or equal to one of `baseline`, over all pairs. */
export interface Dominance {
  greater: number;
  less: number;
  equal: number;
}

/** Counts in O(n log n). Failed trials may be Infinity. Throws a RangeError for no values and NaN. */
export function dominance(baseline: ArrayLike<number>, other: ArrayLike<number>): Dominance {
  expectValues('dominance (baseline)', baseline);
  expectValues('dominance (other)', other);
  const low = Float64Array.from(baseline).sort();
  let below = 0;
  let notAbove = 0;
  let greater = 0;
  let equal = 0;
  for (const value of Float64Array.from(other).sort()) {
    while (below < low.length && (low[below] ?? NaN) < value) below++;
    while (notAbove < low.length && (low[notAbove] ?? NaN) <= value) notAbove++;
    greater += below;
    equal += notAbove - below;
  }
  return { greater, equal, less: baseline.length * other.length - greater - equal };
}
