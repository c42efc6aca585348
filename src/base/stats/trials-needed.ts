import { median, sampleStandardDeviation } from 'simple-statistics';
import { expectBetween, expectValues } from './expect-numbers.ts';
import { medianRank } from './median-rank.ts';
import { normalQuantile } from './normal.ts';

export interface Precision {
  /** Wanted half width of the median's interval as a share of the median: 0.05 for ±5 %. */
  relativeHalfWidth: number;
  /** Of that interval. Default 0.95. */
  confidence?: number;
}

/**
 * How many trials of an arm give its median about the wanted precision, from the values of a pilot; at
 * least 6, and as many as the interval needs at all. undefined where fewer than 3 trials of the pilot
 * were completed. Failed trials (Infinity) carry no spread and are left out.
 *
 * The smallest n for which the expected bound of the order-statistic interval stays within
 * ln(1 + relativeHalfWidth) of the median, the logs taken as normal:
 * σ·Φ⁻¹((n + 1 − k − 3/8) / (n + 1/4)) with k the rank of `medianRank`, interpolated as there (G. Blom,
 * "Statistical Estimates and Transformed Beta-Variables", 1958). For large n that is σ·z·√(π/2) / √n, the textbook formula for the
 * median, used above 2000. σ is 1.4826·MAD of the logs with the small-sample factor of C. Croux and P. J. Rousseeuw
 * ("Time-efficient algorithms for two highly robust estimators of scale", 1992), so that one outlier in
 * the pilot does not double the run; the standard deviation where the MAD is 0.
 *
 * A pilot of 5 knows σ only to a factor of about two: plan with the result, do not promise by it.
 * Throws a RangeError for no values and values that are NaN, 0 or negative.
 */
export function trialsNeeded(
  pilot: readonly number[],
  { relativeHalfWidth, confidence = 0.95 }: Precision,
): number | undefined {
  expectValues('trialsNeeded', pilot);
  expectBetween('trialsNeeded', 'relativeHalfWidth', relativeHalfWidth, 0, Infinity);
  expectBetween('trialsNeeded', 'confidence', confidence, 0, 1);
  const wrong = pilot.find((value) => value <= 0);
  if (wrong !== undefined) {
    throw new RangeError(`trialsNeeded: expected values above 0, got ${wrong}`);
  }
  const logs = pilot.filter((value) => value !== Infinity).map(Math.log);
  if (logs.length < 3) return undefined;

  const wanted = Math.log1p(relativeHalfWidth) / spread(logs);
  const asymptotic = Math.ceil(
    (Math.PI / 2) * (normalQuantile((1 + confidence) / 2) / wanted) ** 2,
  );
  if (asymptotic > 2000) return asymptotic;
  for (let n = 6; ; n++) {
    const bounds = medianRank(n, confidence);
    if (bounds === undefined) continue;
    const { rank, inward } = bounds;
    const expected = (k: number) => normalQuantile((n + 1 - k - 3 / 8) / (n + 1 / 4));
    if ((1 - inward) * expected(rank) + inward * expected(rank + 1) <= wanted) return n;
  }
}

function spread(values: number[]): number {
  const middle = median(values);
  const mad = median(values.map((value) => Math.abs(value - middle)));
  return 1.4826 * smallSampleFactor(values.length) * mad || sampleStandardDeviation(values);
}

function smallSampleFactor(n: number): number {
  const factors: Readonly<Record<number, number>> = {
    3: 1.495,
    4: 1.363,
    5: 1.206,
    6: 1.2,
    7: 1.14,
    8: 1.129,
    9: 1.107,
  };
  return factors[n] ?? n / (n - 0.8);
}
