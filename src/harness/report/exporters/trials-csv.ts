import { csv } from './csv.ts';
import { factorCells, factorHeader, labelCell, labelHeader } from './columns.ts';
import type { Table } from './tables.ts';

export const trialsTable: Table = {
  file: 'trials.csv',
  about: 'one row a trial: arm, state, moment, and its value in every figure',
  *write(analysis) {
    const { run, trials, series, setAside, simulated } = analysis;
    const position = new Map(trials.map(({ trial }, index) => [trial, index]));
    const figures = series.map(({ arms }) => {
      const values = new Float64Array(trials.length).fill(NaN);
      for (const { trial, value, outcome } of arms.flat()) {
        if (outcome === 'completed') values[position.get(trial) ?? NaN] = value;
      }
      return values;
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
        'hosts',
        'contaminated',
        'repeats',
        'counts',
        labelHeader,
        ...series.map(({ id }) => id),
      ],
    ]);
    for (const [index, one] of trials.entries()) {
      const { trial, block, arm, state, startedAt, duration, reason, warnings = [] } = one;
      const common = csv([
        [
          trial,
          block,
          ...factorCells(run, arm),
          state,
          // When and how fast a simulation ran is no result of it.
          simulated ? undefined : startedAt,
          simulated ? undefined : duration,
          reason?.message,
          reason?.artifact,
          warnings.join('; '),
          one.hosts?.join(' '),
          one.contaminated,
          one.repeats,
          !setAside.has(trial),
          labelCell(analysis),
        ],
      ]);
      const numbers = figures.map((values) => {
        const value = values[index] as number;
        return Number.isNaN(value) ? ',' : `,${value}`;
      });
      yield `${common.slice(0, -1)}${numbers.join('')}\n`;
    }
  },
};
