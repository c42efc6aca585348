import { csv } from './csv.ts';
import {
  armKeyCells,
  factorCells,
  factorHeader,
  keyHeader,
  labelCell,
  labelHeader,
} from './columns.ts';
import { judgementCells, judgementHeader } from './judgement-cells.ts';
import type { Table } from './tables.ts';

export const comparisonTable: Table = {
  file: 'comparison.csv',
  about:
    'each arm against the baseline arm: ratio, interval, p (Mann-Whitney, Holm), Cliff’s delta',
  *write(analysis) {
    const { run, series } = analysis;
    yield csv([
      [
        ...keyHeader,
        ...factorHeader(run),
        'blocks',
        'ratio',
        'low',
        'high',
        'p',
        'p_adjusted',
        'cliffs_delta',
        ...judgementHeader,
        labelHeader,
      ],
      ...series.flatMap(({ key, comparisons }) =>
        comparisons.flatMap((comparison, arm) => {
          if (comparison === undefined) return [];
          const { blocks, ratio, p, adjustedP, delta, judgement } = comparison;
          const levels = factorCells(run, run.arms[arm] ?? {});
          const interval = [ratio?.interval?.low, ratio?.interval?.high];
          const figures = [blocks, ratio?.estimate, ...interval, p, adjustedP, delta];
          const verdict = [...judgementCells(judgement), labelCell(analysis)];
          return [
            [...armKeyCells(run, run.arms[arm] ?? {}, key), ...levels, ...figures, ...verdict],
          ];
        }),
      ),
    ]);
  },
};
