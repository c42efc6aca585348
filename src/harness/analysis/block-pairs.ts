import type { MatchedPair } from '../../base/stats/ratio-interval.ts';
import type { ArmPair } from './arms.ts';
import type { Series } from './series.ts';

/** The values of these pairs of arms, block by block; blocks that lack one of them are left out. */
export function blockPairs(
  { arms }: Pick<Series, 'arms'>,
  pairs: readonly ArmPair[],
): MatchedPair[][] {
  const byArm = new Map<number, Map<number, number>>();
  for (const arm of new Set(pairs.flatMap(({ base, other }) => [base, other]))) {
    const values = new Map<number, number>();
    for (const trial of arms[arm] ?? []) values.set(trial.block, trial.value);
    byArm.set(arm, values);
  }
  const valuesOf = (arm: number) => byArm.get(arm) as Map<number, number>;
  const sides = pairs.map(({ base, other }) => [valuesOf(base), valuesOf(other)] as const);
  const blocks: MatchedPair[][] = [];
  for (const block of sides[0]?.[0].keys() ?? []) {
    const matched: MatchedPair[] = [];
    for (const [base, others] of sides) {
      const [baseline, other] = [base.get(block), others.get(block)];
      if (baseline === undefined || other === undefined) break;
      matched.push({ baseline, other });
    }
    if (matched.length === pairs.length) blocks.push(matched);
  }
  return blocks;
}

/** The values of these arms, block by block; blocks that lack one are left out. */
export function armBlocks({ arms }: Pick<Series, 'arms'>, which: readonly number[]): number[][] {
  const values = which.map(
    (arm) => new Map((arms[arm] ?? []).map((trial) => [trial.block, trial.value])),
  );
  return [...(values[0]?.keys() ?? [])].flatMap((block) => {
    const row = values.flatMap((own) => own.get(block) ?? []);
    return row.length === which.length ? [row] : [];
  });
}
