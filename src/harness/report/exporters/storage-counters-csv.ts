import { csv } from './csv.ts';
import { factorCells, factorHeader, labelCell, labelHeader } from './columns.ts';
import type { Table } from './tables.ts';

export const countersTable: Table = {
  file: 'storage-counters.csv',
  about:
    'what the clients of the storages counted during a trial, by arm, host (empty: all together) and counter, beside what fio moved in the guests',
  applies: ({ counters }) => counters.length > 0,
  *write(analysis) {
    const { run, counters } = analysis;
    const names = ['counted_on', 'host', 'counter', 'n', 'median', 'low', 'high'];
    yield csv([
      [
        ...[...factorHeader(run), ...names],
        ...['guest_bytes', 'guest_bytes_low', 'guest_bytes_high'],
        ...['amplification', 'amplification_low', 'amplification_high', labelHeader],
      ],
      ...counters.map(({ arm, storage, host, counter, n, median, interval, ...rest }) => [
        ...factorCells(run, run.arms[arm] ?? {}),
        ...[storage, host, counter, n, median, interval?.low, interval?.high],
        ...[rest.guests, rest.amplification].flatMap((one) => [
          ...[one?.median, one?.interval?.low, one?.interval?.high],
        ]),
        labelCell(analysis),
      ]),
    ]);
  },
};
