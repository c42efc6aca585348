import { heldLevels } from '../claims/run-vocabulary.ts';
import { armKey } from '../arms.ts';
import type { Arm, Run } from '../../results/schema.ts';

/** The arms of a run with the levels that it held: two runs may cross different factors. */
export function fullArms(run: Run): Arm[] {
  const held = Object.fromEntries(heldLevels(run));
  return run.arms.map((arm) => ({ ...held, ...arm }));
}

/** Index of every arm, equal for equal levels in other runs. */
export function fullArmIndex(run: Run): Map<string, number> {
  return new Map(fullArms(run).map((arm, index) => [armKey(arm), index]));
}

/** What two runs held at different levels, in words: `cache was none, is writeback`. */
export function heldDifferences(before: Run, now: Run): string[] {
  const was = Object.fromEntries(heldLevels(before));
  const is = Object.fromEntries(heldLevels(now));
  return Object.keys({ ...was, ...is }).flatMap((factor) => {
    const crossed = [before, now].some(({ factors }) => Object.hasOwn(factors, factor));
    if (crossed || was[factor] === is[factor]) return [];
    return [`${factor} was ${String(was[factor])}, is ${String(is[factor])}`];
  });
}
