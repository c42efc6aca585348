import { expect, it } from 'vitest';
import { thinning } from './thinning.ts';

const drawn = (trials: number, arms: number) => {
  const { draws } = thinning(trials);
  return Array.from({ length: trials / arms }, (_, block) => block).filter(draws).length * arms;
};

it('draws every trial of a run of usual size', () => {
  expect(drawn(3000, 8)).toBe(3000);
  expect(thinning(3000).note).toBe('one dot a trial');
});

it('draws whole blocks, evenly, of a larger one, and says so', () => {
  expect(drawn(10_872, 8)).toBe(2720);
  expect(thinning(10_872).note).toBe('one dot a trial, of every 4th block');
  expect(thinning(6000).note).toContain('every 2nd block');
  expect(thinning(33_000).note).toContain('every 11th block');
  expect(thinning(63_000).note).toContain('every 21st block');
});

it('never draws more than a page can bear', () => {
  for (const trials of [1e4, 1e5, 1e6]) expect(drawn(trials, 1)).toBeLessThanOrEqual(3001);
});
