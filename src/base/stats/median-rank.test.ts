import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { medianRank } from './median-rank.ts';

describe('medianRank', () => {
  // SciPy 1.17.1: the greatest k with 1 - 2*scipy.stats.binom.cdf(k - 1, n, .5) >= confidence, and
  // that value. R 4.2.2: qbinom(0.025, c(6, 10, 20), 0.5) is 1 2 6.
  test.each([
    [6, 0.95, 1, 0.96875],
    [7, 0.95, 1, 0.984375],
    [10, 0.95, 2, 0.978515625],
    [10, 0.99, 1, 0.998046875],
    [20, 0.95, 6, 0.9586105346679688],
    [20, 0.99, 4, 0.9974231719970703],
    [25, 0.95, 8, 0.9567147493362427],
    [25, 0.99, 6, 0.9959226846694946],
    [100, 0.95, 40, 0.9647997997822951],
    [100, 0.99, 37, 0.9933628794840739],
    [1000, 0.95, 469, 0.9537088026395019],
    [1000, 0.99, 459, 0.9913600509977395],
  ])('n = %d at %d', (n, confidence, rank, reached) => {
    const result = medianRank(n, confidence);
    expect(result?.rank).toBe(rank);
    expect(result?.confidence).toBeCloseTo(reached, 12);
  });

  test('a confidence that is met exactly counts as met', () => {
    expect(medianRank(6, 0.96875)).toEqual({
      rank: 1,
      confidence: 0.96875,
      inward: 0,
    });
  });

  test.each([
    [1, 0.4],
    [2, 0.3],
    [4, 0.3],
  ])('n = %d at %d: nothing lies further in', (n, confidence) => {
    expect(medianRank(n, confidence)?.inward ?? 0).toBe(0);
  });

  test.each([
    [5, 0.95],
    [7, 0.99],
    [1, 0.5],
  ])('n = %d cannot reach %d', (n, confidence) => {
    expect(medianRank(n, confidence)).toBeUndefined();
  });

  test('follows the normal approximation for a million values', () => {
    // n/2 - 1.959964*sqrt(n)/2
    expect(Math.abs((medianRank(1_000_000, 0.95)?.rank ?? 0) - 499_020)).toBeLessThanOrEqual(1);
  });

  test('never promises less than was asked, and a higher confidence never narrows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.double({ min: 0.01, max: 0.999, noNaN: true }),
        fc.double({ min: 0.01, max: 0.999, noNaN: true }),
        (n, a, b) => {
          const loose = medianRank(n, Math.min(a, b));
          const strict = medianRank(n, Math.max(a, b));
          if (loose) expect(loose.confidence).toBeGreaterThanOrEqual(Math.min(a, b) - 1e-12);
          expect(strict?.rank ?? 0).toBeLessThanOrEqual(loose?.rank ?? 0);
          if (loose) expect(loose.rank).toBeLessThanOrEqual((n + 1) / 2);
          expect(loose?.inward ?? 0).toBeGreaterThanOrEqual(0);
          expect(loose?.inward ?? 0).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  test('refuses impossible arguments', () => {
    expect(() => medianRank(0, 0.95)).toThrow(RangeError);
    expect(() => medianRank(2.5, 0.95)).toThrow(RangeError);
    expect(() => medianRank(10, 1)).toThrow(RangeError);
    expect(() => medianRank(10, NaN)).toThrow(RangeError);
  });
});
