import { median } from 'simple-statistics';
import { madOutliers } from '../../base/stats/mad-outliers.ts';
import { medianInterval } from '../../base/stats/median-interval.ts';
import type { TrialValue } from './series.ts';

/** The trials of one arm in one figure. */
export interface Summary {
  /** Trials counted, failed ones included: they rank as worse than all. */
  n: number;
  failed: number;
  /** Infinite where half of the trials or more failed. */
  median: number;
  /** Order-statistic interval of the median; absent below 6 trials. */
  interval?: { low: number; high: number };
  /** Numbers of the trials that lie far off; they are marked, not dropped. */
  outliers: number[];
}

/**
 * Robust standard deviations from the median. The usual 3.5 would mark a good trial in most runs: from
 * six to twelve trials the deviation itself is uncertain.
 */
const farOff = 6;

/** Undefined where the arm has no trial with this figure. */
export function summarize(trials: readonly TrialValue[]): Summary | undefined {
  if (trials.length === 0) return undefined;
  const values = trials.map(({ value }) => value);
  const interval = medianInterval(values);
  const completed = trials.filter(({ failed }) => !failed);
  const far = new Set(
    completed.length === 0
      ? []
      : madOutliers(
          completed.map(({ value }) => value),
          farOff,
        ),
  );
  return {
    n: trials.length,
    failed: trials.length - completed.length,
    median: interval?.estimate ?? median(values),
    ...(interval === undefined ? {} : { interval: { low: interval.low, high: interval.high } }),
    outliers: completed.flatMap(({ trial }, index) => (far.has(index) ? [trial] : [])),
  };
}
