import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Source } from '../../../base/yaml/tree.ts';
import { templates } from '../templates.ts';
import { readCsv } from './read-csv.ts';
import { csvRows } from './rows.ts';

function sourceOf(text: string): Source {
  return { name: 'x.csv', text, noun: 'file', lines: true };
}
const read = (text: string) => readCsv(sourceOf(text), new Map());
const header = 'metric,value,unit,trial,job,percentile,storage';
const row = 'guest-io.latency,1.5,ms,0,randread,99,local';

describe('figures', () => {
  it('have the unit of their metric, their labels and their levels', () => {
    const text = `${header},guests\r\n${row},4\r\n# a remark\r\n\r\nguest-io.throughput,8,Mbit/s,0,randread,,local,4`;
    const arm = { storage: 'local', guests: 4 };
    expect(read(text)).toEqual([
      { metric: 'guest-io.latency', value: 0.0015, arm, trial: 0, job: 'randread', percentile: 99 },
      { metric: 'guest-io.throughput', value: 1e6, arm, trial: 0, job: 'randread' },
    ]);
  });

  it('are those of the template', () => {
    expect(read(templates.csv)).toHaveLength(6);
  });
});

it('reads back every table that a writer of CSV makes', () => {
  // Lines that begin with # are remarks; spaces around a bare cell are not part of it.
  const cell = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => !/^#|^\s|\s$/.test(text));
  const table = fc
    .integer({ min: 1, max: 4 })
    .chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }),
    );
  fc.assert(
    fc.property(table, fc.constantFrom<'unix' | 'windows'>('unix', 'windows'), (rows, ending) => {
      const text = stringify(rows, { record_delimiter: ending, quoted_string: true });
      const back = [...csvRows(sourceOf(text))];
      expect(back.map((cells) => cells.map((one) => one.text))).toEqual(rows);
      for (const { span } of back.flat())
        expect(text.slice(span.start, span.end)).toMatch(/^".*"$/s);
    }),
  );
});

const broken: [why: string, text: string, message: string | RegExp][] = [
  ['nothing', '', 'x.csv:1:1: expected a row of column names, got an empty file'],
  ['no figures', `${header}\n`, 'x.csv:1:'],
  [
    'semicolons',
    'metric;value;unit;trial\n',
    'x.csv:1:1: expected columns separated by commas, got ";"',
  ],
  ['no trial', 'metric,value,unit\nnoop,1,s\n', 'x.csv:1:1: expected the columns metric'],
  ['a column twice', `${header},job\n`, 'x.csv:1:48: expected every column once, got "job" again'],
  ['a column called system', `${header},system\n`, 'the system is named by --as'],
  [
    'a row too short',
    `${header}\nguest-io.iops,1\n`,
    'x.csv:2:1: expected 7 cells, one for each column, got 2',
  ],
  [
    'a row too long',
    `${header}\n${row},1\n`,
    'x.csv:2:1: expected 7 cells, one for each column, got 8',
  ],
  [
    'a quote left open',
    `${header}\n${row.replace('local', '"local')}\n`,
    'x.csv:2:39: expected a closing quote',
  ],
  [
    'a quote in a cell',
    `${header}\n${row.replace('local', 'lo"cal')}\n`,
    'x.csv:2:41: expected quotes around',
  ],
  [
    'an unknown metric',
    `${header}\nguest-io.latencies,1,s,0,j,99,a\n`,
    'did you mean "guest-io.latency"?',
  ],
  [
    'a metric of ours alone',
    `${header}\nguest-io.steady,1,ratio,0,j,,a\n`,
    'x.csv:2:1: metric: expected one of',
  ],
  [
    'a wrong unit',
    `${header}\n${row.replace('ms', 'MB/s')}\n`,
    'x.csv:2:22: unit: expected one of s, ms, us, µs, ns, min for guest-io.latency, got "MB/s"',
  ],
  [
    'no unit',
    `${header}\n${row.replace('ms', '')}\n`,
    'x.csv:2:22: expected a unit, got an empty cell',
  ],
  ...['-1', 'NaN', 'nan', 'inf', '1e999', '0x10', '1,5', '', '1 000', '=1+1', '٣'].map(
    (value): [string, string, RegExp] => [
      `the value ${value}`,
      `${header}\n${row.replace('1.5', value.includes(',') ? `"${value}"` : value)}\n`,
      /^x\.csv:2:18: .*expected/,
    ],
  ),
  [
    'a trial below 0',
    `${header}\n${row.replace('0,randread', '-1,randread')}\n`,
    'x.csv:2:25: trial: expected a whole number from 0',
  ],
  [
    'no percentile',
    `${header}\n${row.replace('99', '')}\n`,
    'expected a percentile of guest-io.latency, got an empty cell',
  ],
  [
    'a percentile above 100',
    `${header}\n${row.replace('99', '101')}\n`,
    'percentile: expected a percentage above 0 and up to 100',
  ],
  [
    'a percentile of a throughput',
    `${header}\nguest-io.throughput,1,B/s,0,j,99,a\n`,
    'x.csv:2:31: percentile: expected an empty cell for guest-io.throughput',
  ],
  [
    'an unknown observer',
    'metric,value,unit,trial,observer\nmigration.downtime,1,s,0,netwrok\n',
    'did you mean "network"?',
  ],
  ...['=HYPERLINK("//x")', '+1', '-1', '@x', '\u202elocal', ''].map(
    (level): [string, string, RegExp] => [
      `the level ${level}`,
      `${header}\n${row.replace('local', `"${level.replaceAll('"', '""')}"`)}\n`,
      /^x\.csv:2:39: storage: expected a level/,
    ],
  ),
  [
    'a formula as a job',
    `${header}\n${row.replace('randread', '=1')}\n`,
    'x.csv:2:27: job: expected a text',
  ],
  [
    'a figure twice',
    `${header}\n${row}\n${row}\n`,
    'x.csv:3:1: expected every figure once, got the same as in row 1 of x.csv',
  ],
];

it.each(broken)('says where there is %s', (_, text, message) => {
  expect(() => read(text)).toThrow(message);
});
