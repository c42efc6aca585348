import { expect, it } from 'vitest';
import type { Row } from '../benchmark.ts';
import { jsonRows } from './json-rows.ts';
import { tableText } from './table.ts';

const rows: Row[] = [
  {
    name: 'create',
    unit: 'ms',
    ours: 2431.4,
    other: 2410,
    comparison: { as: 'difference', min: -3.21, median: 20.5, max: 44.4 },
    pairs: 20,
    goal: 'difference ≤ 50 ms',
    outcome: 'met',
    note: 'under tcg',
  },
  {
    name: 'fio',
    unit: 'MB/s',
    ours: 20,
    other: 20,
    comparison: { as: 'ratio', min: 0.9, median: 1, max: 1.1 },
    pairs: 8,
    goal: 'x',
    outcome: 'inconclusive',
  },
  { name: 'demo', unit: 's', ours: 251, pairs: 1, goal: 'ours ≤ 240 s', outcome: 'short' },
];

it('prints one line a row, columns under one another, then the notes', () => {
  expect(tableText(rows).split('\n')).toEqual([
    'name    ours       the other  min / median / max over the pairs  pairs  goal',
    'create  2431 ms    2410 ms    −3.21 / 20.5 / 44.4 ms             20     difference ≤ 50 ms  met',
    'fio     20.0 MB/s  20.0 MB/s  0.900 / 1.000 / 1.100 ×            8      x                   inconclusive',
    'demo    251 s      –          –                                  1      ours ≤ 240 s        short',
    '',
    'create: under tcg',
  ]);
});

it('writes the same as JSON, with these keys and no others', () => {
  expect(jsonRows(rows)).toEqual([
    {
      name: 'create',
      ours: 2431.4,
      other: 2410,
      unit: 'ms',
      ratio: { min: -3.21, median: 20.5, max: 44.4 },
      pairs: 20,
      goal: 'difference ≤ 50 ms',
      met: true,
    },
    {
      name: 'fio',
      ours: 20,
      other: 20,
      unit: 'MB/s',
      ratio: { min: 0.9, median: 1, max: 1.1 },
      pairs: 8,
      goal: 'x',
      met: null,
    },
    {
      name: 'demo',
      ours: 251,
      other: null,
      unit: 's',
      ratio: null,
      pairs: 1,
      goal: 'ours ≤ 240 s',
      met: false,
    },
  ]);
});
