import { median } from 'simple-statistics';
import { interpolatedQuantile } from '../../../base/stats/interpolated-quantile.ts';

/** How far an observer is off: its figure minus a known pause, in seconds. */
export interface Calibration {
  /** Median of the errors. */
  bias: number;
  /** 95th percentile of their distance from the bias. */
  spread: number;
  /** Known pauses. */
  n: number;
}

/** Undefined without any known pause. */
export function calibrationOf(errors: readonly number[]): Calibration | undefined {
  if (errors.length === 0) return undefined;
  const bias = median([...errors]);
  const distances = errors.map((error) => Math.abs(error - bias)).sort((a, b) => a - b);
  return { bias, spread: interpolatedQuantile(distances, 0.95), n: errors.length };
}

/** What an observer's figure may be off by, in seconds: bias and spread. */
export function worstError({ bias, spread }: Calibration): number {
  return Math.abs(bias) + spread;
}
