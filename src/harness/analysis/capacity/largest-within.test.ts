import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestWithin } from './largest-within.ts';

const p99 = { breaks: 'above', bound: 0.02 } as const;
const share = { breaks: 'below', bound: 0.95 } as const;

describe('largestWithin', () => {
  it('interpolates on the log scale where the limit is first broken', () => {
    expect(largestWithin([1, 2, 4], [0.005, 0.01, 0.04], p99)).toBeCloseTo(3, 9);
    expect(largestWithin([1, 2, 4], [1, 0.98, 0.5], share)).toBeGreaterThan(2);
  });

  it('is 0 where the least level breaks it and infinite where none does', () => {
    expect(largestWithin([2, 4], [0.03, 0.05], p99)).toBe(0);
    expect(largestWithin([2, 4], [0.01, 0.02], p99)).toBe(Infinity);
    expect(largestWithin([2, 4], [0.9, 1], share)).toBe(0);
  });

  it('goes no further than the level before one that failed', () => {
    expect(largestWithin([1, 2, 4], [0.01, 0.012, Infinity], p99)).toBe(2);
    expect(largestWithin([1, 2, 4], [1, 0.99, 0], share)).toBe(2);
  });

  it('lies between the last level that keeps it and the first that breaks it', () => {
    const levels = fc.array(fc.double({ min: 1e-4, max: 1, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(levels, (values) => {
        const guests = values.map((_, index) => 2 * index + 1);
        const found = largestWithin(guests, values, p99);
        const broken = values.findIndex((value) => value > p99.bound);
        if (broken < 0) expect(found).toBe(Infinity);
        else if (broken === 0) expect(found).toBe(0);
        else {
          expect(found).toBeGreaterThanOrEqual(guests[broken - 1] ?? NaN);
          expect(found).toBeLessThanOrEqual(guests[broken] ?? NaN);
        }
      }),
    );
  });
});
