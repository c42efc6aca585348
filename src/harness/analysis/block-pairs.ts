import type { MatchedPair } from '../../base/stats/ratio-interval.ts';
import type { ArmPair } from './arms.ts';
import type { Series, TrialValue } from './series.ts';

/** The values of these pairs of arms, block by block; blocks that lack one of them are left out. */
export function blockPairs(
  { arms }: Pick<Series, 'arms'>,
  pairs: readonly ArmPair[],
): MatchedPair[][] {
  const byBlock = new Map<number, Map<number, number>>();
  for (const arm of new Set(pairs.flatMap(({ base, other }) => [base, other]))) {
    for (const trial of arms[arm] ?? []) {
      let block = byBlock.get(trial.block);
      if (block === undefined) byBlock.set(trial.block, (block = new Map<number, number>()));
      block.set(arm, ratioValue(trial));
    }
  }
  return [...byBlock.values()].flatMap((block) => {
    const matched = pairs.flatMap(({ base, other }) => {
      const [baseline, value] = [block.get(base), block.get(other)];
      return baseline === undefined || value === undefined ? [] : [{ baseline, other: value }];
    });
    return matched.length === pairs.length ? [matched] : [];
  });
}

/** In a ratio the worst value where more is better is 0. */
function ratioValue({ value }: TrialValue): number {
  return value === -Infinity ? 0 : value;
}
