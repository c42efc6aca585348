import { evaluateClaims } from '../harness/analysis/claims/evaluate-claims.ts';
import {
  openIntervals,
  secondsOfArms,
  spendBudget,
} from '../harness/analysis/claims/spend-budget.ts';
import { readStoredRun } from '../harness/analysis/stored/read-stored-run.ts';

/** The arms of each further block of a run that goes on, for the claims that are still open. */
export function blocksToDecide(folder: string, left: number): number[][] {
  const { run, series, trials } = readStoredRun(folder);
  const open = openIntervals(evaluateClaims({ run, series }));
  return spendBudget(open, secondsOfArms(run, trials), left);
}
