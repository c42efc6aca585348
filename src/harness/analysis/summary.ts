import { madOutliers } from '../../base/stats/mad-outliers.ts';
import { type Middle, middleOf } from './middle.ts';
import type { TrialValue } from './series.ts';

/** The trials of one arm in one figure. */
export interface Summary extends Middle {
  /** Trials without a figure, which rank as worse than all. */
  failed: number;
  notConverged: number;
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
  const middle = middleOf(trials.map(({ value }) => value));
  if (middle === undefined) return undefined;
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
    ...middle,
    failed,
    notConverged: trials.length - completed.length - failed,
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
