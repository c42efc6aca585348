import { durationText } from '../harness/analysis/quantity.ts';
import { localShell } from '../platform/remote/local.ts';
import type { Inventory } from '../platform/remote/inventory/load.ts';
import { jobTimeLeft } from '../platform/remote/inventory/slurm/time-left.ts';

/**
 * What a run may take of the time that is left to its job, in seconds: a tenth, 30 s to 2 min, is kept
 * for the teardown and the report.
 */
export function budgetOf(left: number): number {
  return left - Math.min(120, Math.max(30, left / 10));
}

/**
 * The budget of a run on the nodes of a Slurm job; undefined elsewhere, and where the job has no limit.
 * @param say gets one line about it
 */
export async function jobBudget(
  inventory: Inventory | undefined,
  say: (line: string) => void,
): Promise<number | undefined> {
  if (inventory?.job === undefined) return undefined;
  const { job } = inventory;
  const now = Date.now() / 1000;
  const left = await jobTimeLeft(process.env, job, { shell: localShell, now });
  if (left === undefined) return undefined;
  const budget = budgetOf(left);
  say(
    `Slurm job ${job} ends in ${durationText(left)}: no block is begun that would end later than in ${durationText(Math.max(0, budget))} (--budget)`,
  );
  return budget;
}
