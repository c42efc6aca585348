import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fisherExact } from './fisher-exact.ts';

it.each([
  // From quotients of binomial coefficients.
  [3, 4, 1, 4, 17 / 70],
  [4, 4, 0, 4, 1 / 70],
  [2, 6, 0, 30, 15 / 630],
  [6, 6, 0, 30, 1 / 1947792],
  [0, 6, 0, 30, 1],
  [0, 6, 5, 30, 1],
  [6, 6, 30, 30, 1],
])('%i of %i, beside %i of %i: %f', (a, n, b, m, p) => {
  expect(fisherExact(a, n, b, m)).toBeCloseTo(p, 12);
});

it('the chances of at least so many and of fewer make 1', () => {
  const side = fc.integer({ min: 1, max: 40 }).chain((n) => fc.tuple(fc.nat(n), fc.constant(n)));
  fc.assert(
    fc.property(side, side, ([a, n], [b, m]) => {
      const p = fisherExact(a, n, b, m);
      expect(p).toBeGreaterThan(0);
      expect(p).toBeLessThanOrEqual(1);
      // Fewer than a here is more than b there.
      const other = b < m && a > 0 ? fisherExact(b + 1, m, a - 1, n) : 0;
      expect(p + other).toBeCloseTo(1, 9);
    }),
  );
});

it.each([
  [-1, 3, 0, 3],
  [4, 3, 0, 3],
  [1.5, 3, 0, 3],
  [0, 3, 1, 0],
])('refuses %f of %f and %f of %f', (...counts) => {
  expect(() => fisherExact(...counts)).toThrow(RangeError);
});
