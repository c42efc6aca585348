import { median } from 'simple-statistics';

/** One figure of one arm in one run, on the log scale. */
export interface RunLevel {
  /** Natural logarithm of the median over the trials; infinite where half of them failed or are 0. */
  log: number;
  /** Variance of that, as far as the trials of the run tell it; undefined for a single one. */
  variance: number | undefined;
  /** Trials. */
  n: number;
}

/**
 * The level of a run: the median over its trials, of which each counts by the median over its guests of
 * the medians over their iterations. Its variance is that of a median of normal values, (π/2)·σ²/n, with σ
 * from the median absolute deviation of the logs, so that outliers do not widen it.
 * @param values of the trials, from 0 to Infinity
 * @returns undefined for no values, and for values below 0
 */
export function runLevel(values: readonly number[]): RunLevel | undefined {
  if (values.length === 0 || values.some((value) => !(value >= 0))) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  const [lower, upper] = [sorted[Math.floor(half)] ?? NaN, sorted[Math.ceil(half)] ?? NaN];
  const log = Math.log((lower + upper) / 2);
  const logs = values.filter((value) => value > 0 && value < Infinity).map(Math.log);
  if (logs.length < 2) return { log, variance: undefined, n: values.length };
  const middle = median(logs);
  const sigma = 1.4826 * median(logs.map((value) => Math.abs(value - middle)));
  return { log, variance: ((Math.PI / 2) * sigma ** 2) / logs.length, n: values.length };
}
