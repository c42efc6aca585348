import fc from 'fast-check';
import { expect, it } from 'vitest';
import { binomialBound } from './binomial-bound.ts';

it.each([
  // From exact sums of binomial coefficients.
  [0, 20, 0.1391083],
  [0, 6, 0.3930378],
  [0, 1, 0.95],
  [1, 10, 0.3941633],
  [3, 20, 0.3436638],
  [7, 7, 1],
])('%i of %i permits %f', (hits, n, bound) => {
  expect(binomialBound(hits, n)).toBeCloseTo(bound, 6);
});

it('lies above the share seen, and falls with more trials', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(200), (n, some) => {
      const hits = Math.min(some, n);
      const bound = binomialBound(hits, n);
      expect(bound).toBeGreaterThanOrEqual(hits / n);
      expect(bound).toBeLessThanOrEqual(1);
      if (hits < n) expect(binomialBound(hits, n + 1)).toBeLessThan(bound);
    }),
  );
});

it.each([
  [0, 0],
  [2, 1],
  [0.5, 3],
])('refuses %f of %f', (hits, n) => {
  expect(() => binomialBound(hits, n)).toThrow(RangeError);
});
