import { expect, it } from 'vitest';
import { analyse } from '../analysis.ts';
import { groupSamples } from '../group-samples.ts';
import { syntheticMigration, type SyntheticMigration } from './synthetic-migration.example.ts';
import { mostTimelines } from './timelines.ts';

function timelines(options: SyntheticMigration) {
  const made = syntheticMigration(options);
  const asked: number[] = [];
  const { timelines: found } = analyse({
    ...made,
    groups: groupSamples(made.samples),
    events(trials) {
      asked.push(...trials);
      return made.events.filter(({ trial }) => trials.has(trial));
    },
  });
  return { ...made, found, asked };
}

it('shows of each arm the trial whose downtime in the network is the median', () => {
  const { found, asked, samples, run } = timelines({
    factors: { method: ['pre-copy', 'post-copy'] },
    blocks: 7,
  });
  expect(found.map(({ arm }) => arm)).toEqual([0, 1]);
  for (const { arm, trial } of found) {
    const own = samples.filter(
      (one) =>
        one.metric === 'migration.downtime' &&
        one.observer === 'network' &&
        one.arm['method'] === run.arms[arm]?.['method'],
    );
    const mine = own.find((one) => one.trial === trial)?.value ?? NaN;
    expect(own.filter(({ value }) => value < mine).length).toBe(3);
  }
  expect(asked.sort((a, b) => a - b)).toEqual(
    found.map(({ trial }) => trial).sort((a, b) => a - b),
  );
});

it('counts time from the start of the migration, with quiet around it', () => {
  const [one] = timelines({ factors: { method: ['post-copy'] }, blocks: 1 }).found;
  expect(one?.from).toBeLessThan(-0.1);
  expect(one?.marks.find(({ name }) => name === 'stop')?.at).toBeCloseTo(0.5, 6);
  expect(one?.outages.map(({ observer }) => observer).sort()).toEqual([
    'disk',
    'guest',
    'hypervisor-events',
    'hypervisor-reported',
    'network',
  ]);
  for (const { at } of one?.probes ?? []) {
    expect(at).toBeGreaterThan((one?.from ?? 0) - 0.02);
    expect(at).toBeLessThan((one?.to ?? 0) + 0.02);
  }
  expect(one?.zoom).toBeUndefined();
});

it('enlarges outages that are short against the whole', () => {
  const [one] = timelines({ factors: { method: ['pre-copy'] }, blocks: 1, length: 20 }).found;
  const zoom = one?.zoom;
  expect(zoom?.outages.length).toBe(5);
  expect((zoom?.to ?? 0) - (zoom?.from ?? 0)).toBeLessThan(1);
  expect(zoom?.binWidth).toBeLessThan(one?.binWidth ?? 0);
});

it('shows one that did not converge where none did, and leaves out arms without any', () => {
  const { found, trials } = timelines({
    factors: {},
    blocks: 3,
    notConverged: [1],
    failed: [0, 2],
  });
  expect(found.map(({ trial, of }) => [trial, of])).toEqual([[1, 0]]);
  expect(trials[1]?.state).toBe('not-converged');
  expect(found[0]?.outages).toEqual([]);
  expect(timelines({ factors: {}, blocks: 2, failed: [0, 1] }).found).toEqual([]);
});

it('draws no more than a report can hold', () => {
  const dirtyRate = Array.from({ length: mostTimelines + 3 }, (_, step) => step * 2 ** 20);
  expect(timelines({ factors: { dirtyRate }, blocks: 1 }).found.length).toBe(mostTimelines);
});

it('keeps the known pauses before the migration out', () => {
  const made = syntheticMigration({ factors: {}, blocks: 1, length: 10 });
  const start = made.events.find(({ event }) => event === 'migration.start')?.at ?? 0;
  const pause = { trial: 0, event: 'window', phase: 'calibration', at: start - 0.8 };
  const events = [...made.events, { ...pause, figures: { duration: 0.2 } }];
  const { timelines: found } = analyse({
    ...made,
    groups: groupSamples(made.samples),
    events: () => events,
  });
  expect(found[0]?.from).toBeCloseTo(-0.4, 6);
});
