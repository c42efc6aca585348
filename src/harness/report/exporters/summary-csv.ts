import { csv } from './csv.ts';
import {
  armKeyCells,
  factorCells,
  factorHeader,
  keyHeader,
  labelCell,
  labelHeader,
} from './columns.ts';
import type { Table } from './tables.ts';

export const summaryTable: Table = {
  file: 'summary.csv',
  about: 'median, interval, n, failures and outliers of each figure and arm',
  *write(analysis) {
    const { run, series, outages } = analysis;
    const migrates = outages !== undefined;
    yield csv([
      [
        ...keyHeader,
        'unit',
        ...factorHeader(run),
        'n',
        'failed',
        ...(migrates ? ['not_converged'] : []),
        'median',
        'low',
        'high',
        'outliers',
        labelHeader,
      ],
      ...series.flatMap(({ key, metric, summaries }) =>
        summaries.flatMap((summary, arm) => {
          if (summary === undefined) return [];
          const { n, failed, notConverged, median, interval, outliers } = summary;
          const without = migrates ? [failed, notConverged] : [failed];
          const levels = factorCells(run, run.arms[arm] ?? {});
          const figures = [
            n,
            ...without,
            median,
            interval?.low,
            interval?.high,
            outliers.join(' '),
            labelCell(analysis),
          ];
          return [
            [...armKeyCells(run, run.arms[arm] ?? {}, key), metric.unit, ...levels, ...figures],
          ];
        }),
      ),
    ]);
  },
};
