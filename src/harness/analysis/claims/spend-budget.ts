import type { Run, Trial } from '../../results/schema.ts';
import { armIndex, armKey } from '../arms.ts';
import type { ClaimResult } from './evaluate-claims.ts';

/** An interval on which a claim hangs that is not decided. */
export interface OpenInterval {
  /** Indices of the arms that it is made from. */
  arms: readonly number[];
  /** On the log scale. */
  width: number;
  /** Blocks that it is made from. */
  blocks: number;
}

/** The open comparisons of all claims, also of those that are not testable here: their figures are shown. */
export function openIntervals(results: readonly ClaimResult[]): OpenInterval[] {
  return results.flatMap(({ comparisons }) =>
    comparisons.flatMap(({ outcome, arms, blocks, ratio }) => {
      if (outcome !== 'inconclusive' || ratio === undefined || blocks === 0) return [];
      const { low, high } = ratio.interval ?? { low: 0, high: Infinity };
      return [
        { arms: [...new Set(arms)].sort((a, b) => a - b), width: Math.log(high / low), blocks },
      ];
    }),
  );
}

/** Mean seconds of a trial of each arm; of an arm without one the mean of all. */
export function secondsOfArms({ arms }: Pick<Run, 'arms'>, trials: readonly Trial[]): number[] {
  const index = armIndex(arms);
  const own = arms.map((): number[] => []);
  for (const { arm, duration } of trials) own[index.get(armKey(arm)) ?? -1]?.push(duration);
  const mean = (some: readonly number[]) =>
    some.reduce((sum, one) => sum + one, 0) / Math.max(1, some.length);
  const all = mean(trials.map(({ duration }) => duration));
  return own.map((some) => (some.length === 0 ? all : mean(some)));
}

/** Of the time left so much is planned with: some trials take longer than the mean. */
const share = 0.9;
const mostBlocks = 10_000;

/**
 * Where the time that is left is spent: block by block to the interval that would then be the widest, its
 * width taken to shrink with the square root of its blocks. All is decided at once, before the first of
 * these trials: whoever stops when an interval looks narrow gets intervals that hold too rarely.
 * @param seconds of a trial of each arm
 * @param left seconds
 * @returns the arms of each further block; empty where nothing is open, or no block fits
 */
export function spendBudget(
  open: readonly OpenInterval[],
  seconds: readonly number[],
  left: number,
): number[][] {
  const state = open.map((one) => ({ ...one, now: one.width }));
  const blocks: number[][] = [];
  let rest = share * left;
  while (blocks.length < mostBlocks) {
    const fitting = state
      .map((one) => ({ one, cost: one.arms.reduce((sum, arm) => sum + (seconds[arm] ?? 0), 0) }))
      .filter(({ cost }) => cost > 0 && cost <= rest);
    const [widest] = fitting.sort((a, b) => b.one.now - a.one.now || a.one.blocks - b.one.blocks);
    if (widest === undefined) break;
    rest -= widest.cost;
    const { arms } = widest.one;
    blocks.push([...arms]);
    for (const one of state) {
      if (!one.arms.every((arm) => arms.includes(arm))) continue;
      one.blocks++;
      one.now *= Math.sqrt((one.blocks - 1) / one.blocks);
    }
  }
  return blocks;
}
