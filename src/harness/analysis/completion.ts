import type { Run, Trial } from '../results/schema.ts';
import { armIndex, armKey } from './arms.ts';

/** How the trials of one arm ended. */
export interface Completion {
  /** Trials that ended: completed, not converged or failed. */
  n: number;
  completed: number;
  notConverged: number;
  failed: number;
}

/** By index of the arm. */
export function completionOf(run: Pick<Run, 'arms'>, trials: readonly Trial[]): Completion[] {
  const index = armIndex(run.arms);
  const arms = run.arms.map(() => ({ n: 0, completed: 0, notConverged: 0, failed: 0 }));
  for (const { arm, state } of trials) {
    const count = arms[index.get(armKey(arm)) ?? -1];
    if (count === undefined || state === 'skipped' || state === 'aborted') continue;
    count.n++;
    count[state === 'not-converged' ? 'notConverged' : state]++;
  }
  return arms;
}

/** `converged in 4 of 6 trials, 1 failed`; empty where every trial was completed. */
export function completionText({ n, completed, notConverged, failed }: Completion): string {
  if (completed === n) return '';
  const trials = `${n} ${n === 1 ? 'trial' : 'trials'}`;
  return notConverged === 0
    ? `completed in ${completed} of ${trials}`
    : `converged in ${n - notConverged - failed} of ${trials}${failed === 0 ? '' : `, ${failed} failed`}`;
}
