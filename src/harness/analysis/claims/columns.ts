import { armKey } from '../arms.ts';
import type { Arm, Run } from '../../results/schema.ts';
import { type Figure, labelNames, type TypedComparison } from '../../scenario/claims/typed.ts';
import { ConditionError } from '../../scenario/claims/syntax.ts';
import type { Series } from '../series.ts';

/** One figure of one arm, and what it is multiplied by on the log scale. */
export interface Column {
  series: Series;
  arm: number;
  weight: number;
}

/** The columns of a comparison, and in how many settings of the other factors it is made. */
export interface Columns {
  columns: Column[];
  sets: number;
}

/**
 * The arms that a comparison is about. Factors that it leaves open take every combination of levels in
 * which all of its figures have an arm; their ratios are averaged on the log scale.
 * @param run with levels as the comparison names them
 * @throws ConditionError if there are no such arms, or no such figure
 */
export function columnsOf(
  { left, right, start, end }: TypedComparison,
  run: Pick<Run, 'arms' | 'factors'>,
  series: readonly Series[],
): Columns {
  const figures = [
    ...left.figures,
    ...right.figures.map(({ figure, power }) => ({ figure, power: -power })),
  ].map((one) => ({ ...one, series: seriesOf(one.figure, series, { start, end }) }));
  const [first] = figures;
  if (first === undefined) return { columns: [], sets: 0 };
  const crossed = Object.keys(run.factors);
  const chosen = (figure: Figure) =>
    crossed.filter((factor) => Object.hasOwn(figure.levels, factor));
  const armOf = (figure: Figure, rest: Arm): number => {
    const own = chosen(figure);
    return run.arms.findIndex(
      (arm) =>
        own.every((factor) => arm[factor] === figure.levels[factor]) &&
        armKey(without(arm, own)) === armKey(without(rest, own)),
    );
  };
  const rests = new Map<string, Arm>();
  for (const arm of run.arms) {
    const own = chosen(first.figure);
    if (!own.every((factor) => arm[factor] === first.figure.levels[factor])) continue;
    rests.set(armKey(without(arm, own)), arm);
  }
  const sets = [...rests.values()].flatMap((rest) => {
    const arms = figures.map(({ figure }) => armOf(figure, rest));
    return arms.includes(-1) ? [] : [arms];
  });
  if (sets.length === 0) {
    throw new ConditionError('the run has no arms with these levels', { start, end });
  }
  return {
    sets: sets.length,
    columns: sets.flatMap((arms) =>
      figures.map((one, index) => ({
        series: one.series,
        arm: arms[index] as number,
        weight: one.power / sets.length,
      })),
    ),
  };
}

function seriesOf(figure: Figure, all: readonly Series[], place: { start: number; end: number }) {
  const found = all.filter(
    ({ key }) =>
      key.metric === figure.metric &&
      labelNames.every(
        (label) =>
          figure.labels[label] === undefined || String(key[label]) === figure.labels[label],
      ),
  );
  const [one] = found;
  if (found.length === 1 && one !== undefined) return one;
  throw new ConditionError(
    found.length === 0
      ? `the run has no figures of ${figure.metric} with these labels`
      : `the run has ${found.length} series of ${figure.metric}: job, percentile, phase or observer has to say which`,
    place,
  );
}

function without(arm: Arm, factors: readonly string[]): Arm {
  return Object.fromEntries(Object.entries(arm).filter(([factor]) => !factors.includes(factor)));
}
