import { expect, it } from 'vitest';
import { analyse } from '../analysis.ts';
import { groupSamples } from '../group-samples.ts';
import { syntheticRun } from '../synthetic-run.example.ts';
import { isAtFloor, lostWritesOfAll, type ObserverView, outagesOf, tolerance } from './outages.ts';
import { syntheticMigration, type SyntheticMigration } from './synthetic-migration.example.ts';

function outages(options: SyntheticMigration = {}) {
  const { run, trials, samples } = syntheticMigration(options);
  return analyse({ run, trials, groups: groupSamples(samples) }).outages ?? [];
}

const methods = { method: ['pre-copy', 'post-copy'] };

it('has for each arm five observers with floor and error, and what they have in common', () => {
  const [preCopy] = outages({ factors: methods, blocks: 8 });
  expect(preCopy?.views.map(({ observer }) => observer)).toEqual([
    'hypervisor-reported',
    'hypervisor-events',
    'network',
    'guest',
    'disk',
  ]);
  const [reported, , network] = preCopy?.views ?? [];
  expect(reported).not.toHaveProperty('floor');
  expect(reported).not.toHaveProperty('calibration');
  expect(network?.downtime?.median).toBeGreaterThan(0.1);
  expect(network?.floor).toBeGreaterThan(0.005);
  expect(network?.calibration?.n).toBe(2 * 8 * 3);
  expect(preCopy?.latency.migration?.median).toBeGreaterThan(
    10 * (preCopy?.latency.control?.median ?? NaN),
  );
  expect(preCopy?.total?.n).toBe(8);
});

it('takes the errors of an observer together only under one hypervisor', () => {
  const arms = outages({ factors: { hypervisor: ['qemu', 'libvirt'] }, blocks: 4 });
  expect(arms.map(({ views }) => views[2]?.calibration?.n)).toEqual([12, 12]);
});

it('counts trials that did not converge as worst, but not among the outages seen', () => {
  const [arm] = outages({ factors: {}, blocks: 8, notConverged: [1, 4], failed: [6] });
  const network = arm?.views[2];
  expect(network?.downtime).toMatchObject({ n: 8, notConverged: 2, failed: 1 });
  expect(network?.downtime?.interval?.high).toBe(Infinity);
  expect(network?.seen).toMatchObject({ n: 5 });
  expect(arm?.completion).toEqual({ n: 8, completed: 5, notConverged: 2, failed: 1 });
});

it('knows that too little was answered where a migration has no percentile', () => {
  const made = syntheticMigration({ factors: {}, blocks: 6 });
  const isLate = ({ metric, phase, percentile, trial }: (typeof made.samples)[0]) =>
    metric === 'migration.latency' && phase === 'migration' && percentile === 99 && trial < 4;
  const samples = made.samples.filter((sample) => !isLate(sample));
  const { run, trials } = made;
  const [arm] = analyse({ run, trials, groups: groupSamples(samples) }).outages ?? [];
  expect(arm?.latency.control?.median).toBeLessThan(0.01);
  expect(arm?.latency.migration?.median).toBe(Infinity);
});

it('bounds what so many migrations without a loss may hide', () => {
  const clean = lostWritesOfAll(outages({ factors: {}, blocks: 20 }));
  expect(clean).toMatchObject({ lost: 0, losing: 0, n: 20 });
  expect(clean?.bound).toBeCloseTo(1 - 0.05 ** (1 / 20), 12);
  const losing = outages({ factors: methods, blocks: 10, lostWrites: { 3: 2, 5: 1 } });
  expect(lostWritesOfAll(losing)).toMatchObject({ lost: 3, losing: 2, n: 20 });
  expect(lostWritesOfAll([])).toBeUndefined();
});

const view = (median: number, floor?: number): ObserverView => ({
  observer: 'network',
  downtime: { n: 6, failed: 0, notConverged: 0, median, outliers: [] },
  ...(floor === undefined ? {} : { floor }),
});

it.each([
  [0.019, 0.01, true],
  [0.02, 0.01, false],
  [0, 0.01, true],
  [0.01, 0, false],
  [Infinity, 0.01, false],
  [0.019, undefined, false],
])('calls %f with the floor %f at the floor: %s', (median, floor, is) => {
  expect(isAtFloor(view(median, floor))).toBe(is);
});

it('adds floor, bias and spread to what a figure may be off by', () => {
  const calibration = { bias: -0.002, spread: 0.001, n: 3 };
  expect(tolerance({ ...view(1, 0.01), calibration })).toBeCloseTo(0.013, 12);
  expect(tolerance(view(1))).toBe(0);
});

it('has nothing to say of other runs', () => {
  const { run, trials } = syntheticRun({ blocks: 1 });
  expect(outagesOf(run, trials, [], [])).toBeUndefined();
});
