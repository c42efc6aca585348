import { keyOf } from '../../analysis/series.ts';
import { csv } from './csv.ts';
import {
  factorCells,
  factorHeader,
  keyCells,
  keyHeader,
  labelCell,
  labelHeader,
} from './columns.ts';
import type { Table } from './tables.ts';

const pieceRows = 20_000;

/** The one long table. What a group has in common is turned into CSV once, not a million times. */
export const samplesTable: Table = {
  file: 'samples.csv',
  about: 'every sample, one row each',
  *write(analysis) {
    const { run, groups } = analysis;
    const numbers = ['trial', 'guest', 'iteration', 'at', 'value', labelHeader];
    const end = csv([[labelCell(analysis)]]);
    yield csv([[...keyHeader, 'unit', ...factorHeader(run), ...numbers]]);
    for (const { labels, length, columns } of groups) {
      const common = [...keyCells(keyOf(labels)), labels.unit, ...factorCells(run, labels.arm)];
      const start = csv([common]).slice(0, -1);
      const { trial, guest, iteration, at, value } = columns;
      const optional = (number: number | undefined) => (number === -1 ? '' : String(number));
      let piece = '';
      for (let row = 0; row < length; row++) {
        piece += `${start},${trial[row]},${optional(guest[row])},${optional(iteration[row])},${at[row]},${value[row]},${end}`;
        if (row % pieceRows === pieceRows - 1) {
          yield piece;
          piece = '';
        }
      }
      yield piece;
    }
  },
};
