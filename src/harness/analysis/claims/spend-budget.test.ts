import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openIntervals, secondsOfArms, spendBudget } from './spend-budget.ts';
import type { ClaimResult } from './evaluate-claims.ts';

const open = (arms: number[], width: number, blocks = 6) => ({ arms, width, blocks });

it('gives the widest interval the most, until another is wider', () => {
  const blocks = spendBudget([open([0, 1], 0.2), open([2, 3], 0.1)], [1, 1, 1, 1], 60);
  const count = (arm: number) => blocks.filter((arms) => arms.includes(arm)).length;
  expect(count(0)).toBeGreaterThan(2 * count(2));
  expect(count(2)).toBeGreaterThan(0);
  expect(blocks).toHaveLength(27);
});

it('gives nothing where nothing is open, or nothing fits', () => {
  expect(spendBudget([], [1], 100)).toEqual([]);
  expect(spendBudget([open([0], 1)], [10], 9)).toEqual([]);
  expect(spendBudget([open([0], Infinity)], [1], 3)).toEqual([[0], [0]]);
});

it('never plans more than the time that is left', () => {
  const intervals = fc.array(
    fc.record({
      arms: fc.uniqueArray(fc.nat({ max: 5 }), { minLength: 1 }),
      width: fc.double({ min: 0.001, max: 5, noNaN: true }),
      blocks: fc.integer({ min: 1, max: 50 }),
    }),
  );
  const seconds = fc.array(fc.double({ min: 0.5, max: 20, noNaN: true }), {
    minLength: 6,
    maxLength: 6,
  });
  fc.assert(
    fc.property(intervals, seconds, fc.nat({ max: 600 }), (some, each, left) => {
      const spent = spendBudget(some, each, left)
        .flat()
        .reduce((sum, arm) => sum + (each[arm] ?? 0), 0);
      expect(spent).toBeLessThanOrEqual(left);
    }),
  );
});

it('looks at what claims leave open, and at how long trials took', () => {
  const comparison = (outcome: string, arms: number[]) => ({
    ...{ outcome, arms, blocks: 8 },
    ratio: { estimate: 1, interval: { estimate: 1, low: 0.5, high: 2, confidence: 0.95 } },
  });
  const results = [
    { comparisons: [comparison('inconclusive', [1, 0, 1]), comparison('reproduced', [2])] },
  ] as unknown as ClaimResult[];
  expect(openIntervals(results)).toEqual([{ arms: [0, 1], width: Math.log(4), blocks: 8 }]);
  const arms = [{ a: 1 }, { a: 2 }];
  const trial = (a: number, duration: number) => ({
    ...{ trial: 0, block: 0, arm: { a }, state: 'completed' as const, startedAt: 0, duration },
  });
  expect(secondsOfArms({ arms }, [trial(1, 2), trial(1, 4)])).toEqual([3, 3]);
});
