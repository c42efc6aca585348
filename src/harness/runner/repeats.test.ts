import { expect, it } from 'vitest';
import type { Trial } from '../results/schema.ts';
import { repeatsOf } from './repeats.ts';

const trial = (number: number, changes: Partial<Trial> = {}): Trial => ({
  ...{ trial: number, block: Math.floor(number / 2), arm: { n: number % 2 }, state: 'completed' },
  ...{ startedAt: 0, duration: 1 },
  ...changes,
});
const contaminated = 'sentinel on shared: writes took 3.1 times as long as usual';
const armOf = ({ arm }: Trial) => Number(arm.n);

const repeats = (trials: readonly Trial[], planned: number) =>
  repeatsOf(trials, planned, armOf).map((each) => [each.trial, each.block, each.arm, each.repeats]);

it('are the contaminated trials, in order, behind all others', () => {
  const trials = [trial(7, { contaminated }), trial(2, { contaminated }), trial(3)];
  expect(repeats(trials, 10)).toEqual([
    [10, 1, 0, 2],
    [11, 3, 1, 7],
  ]);
});

it('are none of what has failed, of repeats, and of what was repeated', () => {
  const trials = [
    trial(0, { contaminated, state: 'failed' }),
    trial(1, { contaminated }),
    trial(5, { contaminated }),
    trial(21, { contaminated, repeats: 1 }),
  ];
  expect(repeats(trials, 20)).toEqual([[22, 2, 1, 5]]);
});

it('are at most one in five', () => {
  const all = Array.from({ length: 10 }, (_, number) => trial(number, { contaminated }));
  expect(repeats(all, 10)).toHaveLength(2);
  expect(repeats([...all, trial(10, { repeats: 0 })], 10)).toEqual([[11, 0, 1, 1]]);
  expect(repeats(all.slice(0, 4), 4)).toEqual([]);
});
