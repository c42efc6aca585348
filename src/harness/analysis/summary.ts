import { interpolatedQuantile } from '../../base/stats/interpolated-quantile.ts';
import { madOutliers } from '../../base/stats/mad-outliers.ts';
import { medianInterval } from '../../base/stats/median-interval.ts';
import type { TrialValue } from './series.ts';

/** The trials of one arm in one figure. */
export interface Summary {
  /** Trials counted, also those without a figure: they rank as worse than all. */
  n: number;
  failed: number;
  notConverged: number;
  /** Infinite where half of the trials or more have no figure. */
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
  const completed = trials.filter(({ outcome }) => outcome === 'completed');
  const failed = trials.reduce((sum, { outcome }) => sum + Number(outcome === 'failed'), 0);
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
    failed,
    notConverged: trials.length - completed.length - failed,
    // Infinite values among an even number would make NaN of a plain median.
    median: interval?.estimate ?? interpolatedQuantile(Float64Array.from(values).sort(), 0.5),
    ...(interval === undefined ? {} : { interval: { low: interval.low, high: interval.high } }),
    outliers: completed.flatMap(({ trial }, index) => (far.has(index) ? [trial] : [])),
  };
}

/** What an infinite figure of these trials is called. */
export function worstWord({ failed, notConverged }: Pick<Summary, 'failed' | 'notConverged'>) {
  return notConverged === 0 ? 'failed' : failed === 0 ? 'not converged' : 'no figure';
}

/** `1 of 6 failed`, `2 of 6 did not converge`; empty where every trial has its figure. */
export function lostTrials({ n, failed, notConverged }: Omit<Summary, 'median' | 'outliers'>) {
  return [
    ...(failed === 0 ? [] : [`${failed} of ${n} failed`]),
    ...(notConverged === 0 ? [] : [`${notConverged} of ${n} did not converge`]),
  ];
}
