import { csv } from './csv.ts';
import { factorCells, factorHeader } from './columns.ts';
import type { Table } from './tables.ts';

export const trialsTable: Table = {
  file: 'trials.csv',
  about: 'one row a trial: arm, state, moment, and its value in every figure',
  *write({ run, trials, series }) {
    const values = series.map(({ arms }) => {
      const completed = arms.flat().filter(({ failed }) => !failed);
      return new Map(completed.map(({ trial, value }) => [trial, value]));
    });
    yield csv([
      [
        'trial',
        'block',
        ...factorHeader(run),
        'state',
        'started_at',
        'duration',
        'reason',
        'artifact',
        'warnings',
        ...series.map(({ id }) => id),
      ],
      ...trials.map(({ trial, block, arm, state, startedAt, duration, reason, warnings = [] }) => [
        trial,
        block,
        ...factorCells(run, arm),
        state,
        startedAt,
        duration,
        reason?.message,
        reason?.artifact,
        warnings.join('; '),
        ...values.map((byTrial) => byTrial.get(trial)),
      ]),
    ]);
  },
};
