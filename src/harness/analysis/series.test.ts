import { expect, it } from 'vitest';
import type { Run, Sample, Trial } from '../results/schema.ts';
import { groupSamples } from './group-samples.ts';
import { buildSeries } from './series.ts';
import { syntheticRun } from './synthetic-run.example.ts';

const { run: template } = syntheticRun({ measure: [], blocks: 0 });
const arms = [{ storage: 'local' }, { storage: 'shared' }];
const run: Run = {
  ...template,
  factors: { storage: ['local', 'shared'] },
  arms,
  metrics: {
    time: { title: 'Time', unit: 's', better: 'lower' },
    rate: { title: 'Rate', unit: 'B/s', better: 'higher' },
    check: { title: 'Check', unit: 's', better: 'neither' },
  },
};

function trial(number: number, arm: number, state: Trial['state'] = 'completed'): Trial {
  return {
    trial: number,
    block: number,
    arm: arms[arm] ?? {},
    state,
    startedAt: number,
    duration: 1,
  };
}

function sample(metric: string, number: number, value: number, rest: Partial<Sample> = {}): Sample {
  const arm = arms[number % 2] ?? {};
  return { metric, value, unit: 's', arm, trial: number, kind: 'measured', at: number, ...rest };
}

const valuesOf = (trials: Trial[], samples: Sample[]) =>
  buildSeries(run, trials, groupSamples(samples)).map(({ id, arms: lists }) => ({
    id,
    values: lists.map((list) => list.map(({ value }) => value)),
  }));

it('takes the median over guests of the medians over iterations', () => {
  const samples = [
    ...[1, 2, 9].map((value, iteration) => sample('time', 0, value, { guest: 0, iteration })),
    ...[5, 6, 7].map((value, iteration) => sample('time', 0, value, { guest: 1, iteration })),
  ];
  expect(valuesOf([trial(0, 0)], samples)).toEqual([{ id: 'time', values: [[4], []] }]);
});

it('keeps jobs, percentiles and kinds apart', () => {
  const samples = [
    sample('time', 0, 1, { job: 'a', percentile: 50 }),
    sample('time', 0, 2, { job: 'a', percentile: 99 }),
    sample('time', 0, 3, { job: 'a', percentile: 99, kind: 'simulated' }),
  ];
  expect(valuesOf([trial(0, 0)], samples).map(({ id }) => id)).toEqual([
    'time job=a percentile=50',
    'time job=a percentile=99',
    'time kind=simulated job=a percentile=99',
  ]);
});

it('ranks a failed trial as worst of all, also where some of its guests were measured', () => {
  const trials = [trial(0, 0), trial(2, 0, 'failed'), trial(1, 1)];
  const samples = [0, 2, 1].flatMap((number) => [
    sample('time', number, 3),
    sample('rate', number, 3),
    sample('check', number, 3),
  ]);
  expect(valuesOf(trials, samples)).toEqual([
    { id: 'time', values: [[3, Infinity], [3]] },
    { id: 'rate', values: [[3, -Infinity], [3]] },
    { id: 'check', values: [[3], [3]] },
  ]);
});

it('ranks a trial that did not converge as worst, and tells it from a failed one', () => {
  const trials = [trial(0, 0), trial(2, 0, 'not-converged'), trial(4, 0, 'failed'), trial(1, 1)];
  const samples = [0, 2, 1].map((number) => sample('time', number, 3));
  const [series] = buildSeries(run, trials, groupSamples(samples));
  expect(series?.arms[0]?.map(({ value, outcome }) => [value, outcome])).toEqual([
    [3, 'completed'],
    [Infinity, 'not-converged'],
    [Infinity, 'failed'],
  ]);
});

it('does not count a failure against a figure that its arm never has', () => {
  const trials = [trial(0, 0), trial(1, 1), trial(3, 1, 'failed')];
  expect(valuesOf(trials, [sample('time', 0, 3)])).toEqual([{ id: 'time', values: [[3], []] }]);
});

it('leaves out skipped and aborted trials, and samples of trials that are not in the log', () => {
  const trials = [trial(0, 0), trial(2, 0, 'skipped'), trial(4, 0, 'aborted')];
  const samples = [0, 2, 4, 6].map((number) => sample('time', number, number));
  expect(valuesOf(trials, samples)).toEqual([{ id: 'time', values: [[0], []] }]);
});
