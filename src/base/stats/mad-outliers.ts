import { mean, median } from 'simple-statistics';
import { expectValues } from './expect-numbers.ts';

/** What the median absolute deviation of normal values is multiplied by to be their σ: 1/Φ⁻¹(¾). */
const sigmaPerMad = 1.4826;
/** The same for the mean absolute deviation: √(π/2). */
const sigmaPerMeanDeviation = 1.2533;

/**
 * Indices of values further than `threshold` (default 3.5) robust standard deviations from the median:
 * |x − median| / (1.4826·MAD). Outliers are to be marked, never dropped. Where more than half of the values
 * are equal the MAD is 0 and the mean absolute deviation stands in. Failed trials (±Infinity) are
 * neither counted nor listed: they are failures, not outliers. Throws a RangeError for no values and NaN.
 *
 * B. Iglewicz and D. C. Hoaglin, "How to Detect and Handle Outliers" (ASQC, 1993), with their threshold.
 */
export function madOutliers(values: readonly number[], threshold = 3.5): number[] {
  expectValues('madOutliers', values);
  if (!(threshold > 0)) {
    throw new RangeError(`madOutliers: expected a threshold above 0, got ${threshold}`);
  }
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length === 0) return [];
  const middle = median(finite);
  const deviations = finite.map((value) => Math.abs(value - middle));
  const sigma = sigmaPerMad * median(deviations) || sigmaPerMeanDeviation * mean(deviations);
  if (sigma === 0) return [];
  return [...values.keys()].filter((index) => {
    const value = values[index] ?? NaN;
    return Number.isFinite(value) && Math.abs(value - middle) / sigma > threshold;
  });
}
