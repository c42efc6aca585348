import { expect, it } from 'vitest';
import type { Run } from '../../results/schema.ts';
import { syntheticStored } from '../gate/synthetic-history.example.ts';
import type { StoredRun } from '../stored/read-stored-run.ts';
import { compareRuns } from './compare-runs.ts';

const run = (number: number, change: (run: Run) => Run = (same) => same) =>
  syntheticStored({ number, change });

const older = (one: Run): Run => ({
  ...one,
  environment: { ...one.environment, versions: { ...one.environment.versions, qemu: '6.0' } },
});

/** The same figures, as if somebody else had measured them. */
function imported(number: number, levels: Record<string, string>): StoredRun {
  const { run: made, series, ...rest } = run(number);
  const about = { system: 'ESX', version: '3', hardware: 'h', measuredBy: 'm', source: 's' };
  return {
    ...rest,
    kinds: new Set(['imported']),
    run: {
      ...made,
      arms: [{ system: 'esx', ...levels }],
      factors: { system: ['esx'] },
      imported: { esx: { ...about, measuredAt: '2008', files: [] } },
    },
    series: series.map((one) => ({
      ...one,
      key: { ...one.key, kind: 'imported' },
      arms: one.arms.slice(0, 1),
    })),
  };
}

it('puts any number of runs beside each other, what differs first', () => {
  const { rows, differences, runs } = compareRuns([run(1), run(2, older), run(3)]);
  expect(runs).toHaveLength(3);
  expect(differences).toEqual([{ what: 'qemu', values: ['7.2.22', '6.0', '7.2.22'] }]);
  expect(rows.map(({ id, arm }) => [id, arm])).toEqual([
    ['creation.total', { provisioning: 'copy' }],
    ['creation.total', { provisioning: 'clone' }],
  ]);
  for (const { cells } of rows) {
    expect(cells.map((cell) => cell?.summary.n)).toEqual([8, 8, 8]);
    expect(cells[0]).not.toHaveProperty('ratio');
    expect(cells[2]?.ratio).toBeGreaterThan(0.8);
  }
});

it('gives runs that crossed other factors the rows that they share', () => {
  const crossed = syntheticStored({
    number: 4,
    factors: { provisioning: ['clone'], guests: [1, 4] },
  });
  const { rows } = compareRuns([run(1), crossed]);
  expect(rows.map(({ arm, cells }) => [arm, cells.map((cell) => cell !== undefined)])).toEqual([
    [{ provisioning: 'copy', guests: 1 }, [true, false]],
    [{ provisioning: 'clone', guests: 1 }, [true, true]],
    [{ provisioning: 'clone', guests: 4 }, [false, true]],
  ]);
});

it('shows imported figures in the arm that they declare, without a ratio', () => {
  const { rows, runs } = compareRuns([imported(9, { provisioning: 'copy' }), run(1), run(2)]);
  expect(runs.map((one) => one.imported)).toEqual([true, false, false]);
  const [copy] = rows;
  expect(copy?.cells.map((cell) => cell !== undefined)).toEqual([true, true, true]);
  expect(copy?.cells.map((cell) => cell?.ratio)).toEqual([undefined, undefined, undefined]);
  // What it does not say may be either arm: it has a row of its own.
  expect(compareRuns([run(1), imported(9, {})]).rows).toHaveLength(3);
});

it('refuses other accelerators and other jobs', () => {
  const kvm = (one: Run): Run => ({
    ...one,
    environment: {
      ...one.environment,
      accelerator: { name: 'kvm', emulated: false, why: 'asked for' },
    },
  });
  expect(() => compareRuns([run(1), run(2, kvm)])).toThrow('its guests ran under KVM');
  const job =
    (bs: number) =>
    (one: Run): Run => ({
      ...one,
      scenario: { ...one.scenario, measure: { creation: {}, 'guest-io': { jobs: [{ bs }] } } },
    });
  expect(() => compareRuns([run(1, job(4096)), run(2, job(65536))])).toThrow(
    'guest-io.jobs.0.bs was 65536, is 4096',
  );
});
