import type { Level, Run } from '../../results/schema.ts';
import type { LabelName, Vocabulary } from '../../scenario/claims/typed.ts';
import { levelsSchema } from '../../scenario/levels.ts';
import type { Series } from '../series.ts';

/** What can be said of a run: the figures that it has, and the levels that its arms had. */
export function runVocabulary(run: Run, series: readonly Series[]): Vocabulary {
  const values = (metric: string, label: LabelName) => [
    ...new Set(
      series.flatMap(({ key }) =>
        key.metric === metric && key[label] !== undefined ? [String(key[label])] : [],
      ),
    ),
  ];
  return {
    metrics: Object.fromEntries(series.map(({ key, metric }) => [key.metric, metric])),
    levels: {
      ...Object.fromEntries(heldLevels(run).map(([factor, level]) => [factor, [level]])),
      ...run.factors,
    },
    decided: new Set(),
    labels: values,
  };
}

/** The level of every factor that is not crossed. */
export function heldLevels({ scenario, environment, imported }: Run): [string, Level][] {
  const { fixed } = scenario;
  const [storage] = Object.keys(environment.storages);
  const held: Record<string, unknown> = {
    // Of an import nothing is known that it does not say.
    ...(imported === undefined ? levelsSchema.parse({}) : {}),
    ...(storage === undefined ? {} : { storage }),
    ...(typeof fixed === 'object' ? fixed : {}),
  };
  return Object.entries(held).filter((entry): entry is [string, Level] =>
    ['string', 'number', 'boolean'].includes(typeof entry[1]),
  );
}
