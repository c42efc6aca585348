import { expect, it } from 'vitest';
import { phasesOf, roundsOf } from './phases.ts';

const step = (name: string, at: number, figures?: Record<string, number>) => ({
  event: `migration.${name}`,
  at,
  ...(figures === undefined ? {} : { figures }),
});

const preCopy = [
  step('start', 0),
  step('mirror-ready', 2),
  step('round', 2.1, { round: 1, transferred: 0 }),
  step('progress', 2.6, { transferred: 50e6 }),
  step('round', 3.1, { round: 2, transferred: 100e6 }),
  step('stop', 3.4),
  step('resume', 3.5),
  step('completed', 3.6, { transferred: 120e6 }),
  step('answered', 3.7),
];

it('divides a pre-copy migration with its disk', () => {
  expect(phasesOf(preCopy, 3.7)).toEqual([
    { name: 'disk mirror', from: 0, to: 2 },
    { name: 'pre-copy', from: 2.1, to: 3.4 },
    { name: 'stopped', from: 3.4, to: 3.5 },
  ]);
  expect(roundsOf(preCopy, 3.7)).toEqual([
    { name: '1', from: 2.1, to: 3.1, transferred: 100e6 },
    { name: '2', from: 3.1, to: 3.6, transferred: 20e6 },
  ]);
});

it('tells what post-copy fetched from what pre-copy sent', () => {
  const steps = [
    step('start', 0),
    step('round', 0.1, { round: 1 }),
    step('progress', 0.5, { transferred: 40e6 }),
    step('post-copy', 0.5),
    step('stop', 0.5),
    step('resume', 0.52),
    step('round', 0.6, { round: 2 }),
    step('completed', 1.5, { transferred: 140e6 }),
  ];
  expect(phasesOf(steps, 1.6).map(({ name }) => name)).toEqual([
    'pre-copy',
    'stopped',
    'post-copy',
  ]);
  const rounds = roundsOf(steps, 1.6);
  expect(rounds.map(({ name }) => name)).toEqual(['1', 'post-copy']);
  expect(rounds[1]?.transferred).toBeCloseTo(100e6, 3);
});

it('knows a migration that never switched over, and one without counters', () => {
  const steps = [step('start', 0), step('round', 0.1), step('round', 2)];
  expect(phasesOf(steps, 5)).toEqual([{ name: 'pre-copy', from: 0.1, to: 5 }]);
  expect(roundsOf(steps, 5)).toEqual([
    { name: '1', from: 0.1, to: 2 },
    { name: '2', from: 2, to: 5 },
  ]);
  expect(phasesOf([], 0)).toEqual([]);
});
