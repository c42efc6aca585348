import { csv } from './csv.ts';
import { factorCells, factorHeader, labelCell, labelHeader } from './columns.ts';
import type { Table } from './tables.ts';

export const powerCutsTable: Table = {
  file: 'power-cuts.csv',
  about:
    'power cuts by arm: how many lost acknowledged writes, the share that may, and whether a positive control stands behind it',
  applies: ({ powerCuts }) => powerCuts.length > 0,
  *write(analysis) {
    const { run, powerCuts } = analysis;
    const names = ['n', 'losing', 'lost', 'acknowledged', 'bound', 'verdict', labelHeader];
    yield csv([
      [...factorHeader(run), ...names],
      ...powerCuts.map(({ arm, n, losing, lost, acknowledged, bound, verdict }) => [
        ...factorCells(run, run.arms[arm] ?? {}),
        ...[n, losing, lost, acknowledged, bound, verdict, labelCell(analysis)],
      ]),
    ]);
  },
};
