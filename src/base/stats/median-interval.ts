import { expectValues } from './expect-numbers.ts';
import type { Interval } from './interval.ts';
import { medianRank } from './median-rank.ts';

/**
 * The median with its interval in the unit of the values: interpolated between two order statistics on
 * each side, so that it holds the median about as often as asked for, whatever the distribution (see
 * `medianRank`). undefined where that cannot be reached: below 6 values at 95 %.
 *
 * A failed trial ranks as worse than all: pass Infinity where less is better, −Infinity where more is.
 * With many of them `high` (`low`), then the estimate too, become infinite: that is the finding. Where
 * there is nothing to interpolate to, the bound is the outer order statistic.
 * Throws a RangeError for no values, NaN, or a median halfway between −Infinity and Infinity.
 */
export function medianInterval(values: ArrayLike<number>, confidence = 0.95): Interval | undefined {
  expectValues('medianInterval', values);
  const bounds = medianRank(values.length, confidence);
  if (bounds === undefined) return undefined;

  const sorted = Float64Array.from(values).sort();
  const at = (rank: number): number => sorted[rank - 1] ?? NaN;
  const n = sorted.length;
  const estimate = (at(Math.floor((n + 1) / 2)) + at(Math.ceil((n + 1) / 2))) / 2;
  if (Number.isNaN(estimate)) {
    throw new RangeError(
      'medianInterval: expected failed trials to be Infinity or -Infinity, got both in the middle',
    );
  }
  const { rank, inward } = bounds;
  return {
    estimate,
    low: between(at(rank), at(rank + 1), inward),
    high: between(at(n + 1 - rank), at(n - rank), inward),
    confidence,
  };
}

function between(outer: number, inner: number, share: number): number {
  return Number.isFinite(outer) && Number.isFinite(inner) ? outer + share * (inner - outer) : outer;
}
