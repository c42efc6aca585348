import { expect, it } from 'vitest';
import type { Event, Sample } from '../../results/schema.ts';
import { groupSamples } from '../group-samples.ts';
import { buildSeries } from '../series.ts';
import { syntheticRun } from '../synthetic-run.example.ts';
import { conversionsOf } from './conversions.ts';
import { stormsOf } from './storms.ts';

const sample = (
  trial: number,
  metric: string,
  value: number,
  more: Partial<Sample> = {},
): Sample => ({
  ...{ metric, value, unit: 's', arm: { guests: 2 }, trial, kind: 'measured', at: 0, ...more },
});
const { run: made } = syntheticRun({ measure: ['creation'], factors: { guests: [2] }, blocks: 3 });
const trials = [0, 1, 2].map((trial) => ({
  ...{ trial, block: trial, arm: { guests: 2 }, state: 'completed' as const },
  ...{ startedAt: 0, duration: 1 },
}));

it('a boot storm has a row for each guest of the median trial, from the first request on', () => {
  const run = { ...made, factors: { guests: [2] }, arms: [{ guests: 2 }] };
  const samples = trials.flatMap(({ trial }) =>
    [0, 1].flatMap((guest) => [
      sample(trial, 'creation.total', 3 + trial, { guest }),
      sample(trial, 'creation.phase', 1, { guest, phase: 'provision' }),
      sample(trial, 'creation.phase', 2 + trial, { guest, phase: 'ready' }),
    ]),
  );
  const end = (guest: number, phase: string, at: number): Event => ({
    ...{ trial: 1, guest, event: 'phase-end', phase, at },
  });
  const events = [
    end(1, 'ready', 14.5),
    end(0, 'provision', 11),
    end(0, 'ready', 14),
    end(1, 'provision', 11.5),
  ];
  const groups = groupSamples(samples);
  const asked: number[][] = [];
  const storms = stormsOf(run, buildSeries(run, trials, groups), groups, (some) => {
    asked.push([...some]);
    return events;
  });
  expect(asked).toEqual([[1]]);
  expect(storms).toEqual([
    {
      ...{ arm: 0, trial: 1, of: 3 },
      guests: [
        {
          guest: 0,
          phases: [
            { phase: 'provision', from: 0, to: 1 },
            { phase: 'ready', from: 1, to: 4 },
          ],
        },
        {
          guest: 1,
          phases: [
            { phase: 'provision', from: 0.5, to: 1.5 },
            { phase: 'ready', from: 1.5, to: 4.5 },
          ],
        },
      ],
    },
  ]);
  const single = { ...run, arms: [{ guests: 1 }] };
  expect(stormsOf(single, buildSeries(run, trials, groups), groups, () => events)).toEqual([]);
});

it('a conversion has its steps and outages, since its request', () => {
  const metric = { title: 'Downtime', unit: 's', better: 'lower' as const, headline: true };
  const run = { ...made, arms: [{ guests: 2 }], metrics: { 'p2v.downtime': metric } };
  const groups = groupSamples(trials.map(({ trial }) => sample(trial, 'p2v.downtime', trial + 1)));
  const at = (event: string, at: number, figures?: Record<string, number>): Event => ({
    ...{ trial: 1, event, at, ...(figures && { figures }) },
  });
  const events = [
    at('p2v.requested', 5),
    at('outage', 8, { duration: 2 }),
    at('p2v.progress', 6),
    at('p2v.staged', 7),
    at('p2v.committed', 12),
  ];
  expect(conversionsOf(buildSeries(run, trials, groups), () => events)).toEqual([
    {
      ...{ arm: 0, trial: 1, of: 3 },
      steps: [
        { step: 'staged', from: 0, to: 2 },
        { step: 'committed', from: 2, to: 7 },
      ],
      outages: [{ from: 3, to: 5 }],
    },
  ]);
  expect(conversionsOf([], () => events)).toEqual([]);
});
