import { interpolatedQuantile } from '../../base/stats/interpolated-quantile.ts';
import { medianInterval } from '../../base/stats/median-interval.ts';

/** The middle of some values, one a trial. */
export interface Middle {
  /** Infinite where half of the values or more are. */
  median: number;
  /** See `medianInterval` (95 %); absent below 6 values. */
  interval?: { low: number; high: number };
  n: number;
}

/** Undefined where there are no values. */
export function middleOf(values: readonly number[]): Middle | undefined {
  if (values.length === 0) return undefined;
  const interval = medianInterval(values);
  return {
    // Infinite values among an even number would make NaN of a plain median.
    median: interval?.estimate ?? interpolatedQuantile(Float64Array.from(values).sort(), 0.5),
    ...(interval === undefined ? {} : { interval: { low: interval.low, high: interval.high } }),
    n: values.length,
  };
}
