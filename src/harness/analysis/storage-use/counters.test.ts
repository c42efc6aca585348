import { expect, it } from 'vitest';
import { analyse } from '../analysis.ts';
import { storagesInput } from '../synthetic-storages.example.ts';
import { wayOf } from './counters.ts';
import { counterDetail, pageCounters } from './page-counters.ts';

const { counters, run } = analyse(storagesInput());
const arm = run.arms.findIndex(
  ({ storage, provisioning, guests }) =>
    storage === 'lustre (MooseFS)' && provisioning === 'clone' && guests === 4,
);
const row = (counter: string, host?: string) =>
  counters.find((one) => one.arm === arm && one.counter === counter && one.host === host);

it('sums the counters of all hosts of a trial, and keeps those of each', () => {
  expect(row('osc.read_bytes')).toMatchObject({ n: 6, median: 6 * 2 ** 23 });
  expect(row('osc.read_bytes.count')?.median).toBe(2400);
  expect(row('osc.read_bytes.count', 'h2')?.median).toBe(1200);
  expect(row('osc.read_bytes', 'h2')?.median).toBe(0);
  expect(row('osc.read_bytes')?.interval).toEqual({ low: 6 * 2 ** 23, high: 6 * 2 ** 23 });
});

it('sets bytes of the client beside those of the guests', () => {
  expect(row('osc.read_bytes')).toMatchObject({
    guests: { median: 2 ** 25, interval: { low: 2 ** 25, high: 2 ** 25 }, n: 6 },
    amplification: { median: 1.5, n: 6 },
  });
  expect(row('osc.write_bytes')).toMatchObject({
    guests: { median: 2 ** 26 },
    amplification: { median: 1.25 },
  });
  expect(row('osc.read_rpcs')).not.toHaveProperty('guests');
  expect(row('osc.read_bytes.count')).not.toHaveProperty('amplification');
});

it('counts the repeat of a contaminated trial, not the trial', () => {
  expect(counters.filter(({ host }) => host === undefined).every(({ n }) => n === 6)).toBe(true);
});

it.each([
  ['osc.read_bytes', 'read'],
  ['llite.write_bytes', 'written'],
  ['nfs.bytes', undefined],
  ['osc.read_bytes.count', undefined],
  ['llite.cached_read_bytes', undefined],
  ['written bytes', 'written'],
])('%s stands beside what guests have %s', (counter, way) => {
  expect(wayOf(counter)).toBe(way);
});

it('has room on a page for bytes and requests; what stayed at 0 is left out', () => {
  const [table, ...others] = pageCounters(counters);
  expect(others).toEqual([]);
  expect(table?.storage).toBe('lustre (MooseFS)');
  expect(table?.counters).toEqual([
    'osc.read_bytes',
    'osc.write_bytes',
    'osc.read_rpcs',
    'osc.write_rpcs',
  ]);
  const own = table?.rows.find((one) => one.arm === arm);
  expect(own).toMatchObject({ n: 6, read: { median: 2 ** 25 }, written: { median: 2 ** 26 } });
  expect(own?.cells.map((cell) => cell && counterDetail(cell, own.cells))).toEqual([
    '1.50 (1.50–1.50) times the guests’',
    '1.25 (1.25–1.25) times the guests’',
    '512 KiB each',
    '256 KiB each',
  ]);
  expect(pageCounters([])).toEqual([]);
});
