import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jainIndex } from './jain-index.ts';

const amounts = fc.array(fc.double({ min: 0, max: 1e300, noNaN: true }), { minLength: 1 });

it.each([
  [[5], 1],
  [[0, 0], 1],
  [[7, 7, 7, 7], 1],
  [[3, 0, 0], 1 / 3],
  [[2, 2, 0, 0, 0], 2 / 5],
  // (1 + 2 + 3)² / (3 · 14)
  [[1, 2, 3], 36 / 42],
])('of %j is %d', (values, index) => {
  expect(jainIndex(values)).toBeCloseTo(index, 12);
});

it('lies between 1/n and 1', () => {
  fc.assert(
    fc.property(amounts, (values) => {
      const index = jainIndex(values);
      expect(index).toBeGreaterThanOrEqual((1 / values.length) * (1 - 1e-9));
      expect(index).toBeLessThanOrEqual(1 + 1e-9);
    }),
  );
});

it('depends neither on the unit nor on the order', () => {
  const some = fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(some, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (values, factor) => {
      const index = jainIndex(values);
      expect(jainIndex(values.map((value) => value * factor))).toBeCloseTo(index, 9);
      expect(jainIndex([...values].reverse())).toBeCloseTo(index, 9);
    }),
  );
});

it('grows when the richest gives to the poorest', () => {
  const unequal = fc
    .array(fc.integer({ min: 0, max: 1e6 }), { minLength: 2 })
    .filter((values) => Math.max(...values) > Math.min(...values) + 1);
  fc.assert(
    fc.property(unequal, (values) => {
      const sorted = [...values].sort((a, b) => a - b);
      const [poorest = 0, ...others] = sorted;
      const richest = others.pop() ?? 0;
      const after = [poorest + 1, ...others, richest - 1];
      expect(jainIndex(after)).toBeGreaterThan(jainIndex(values));
    }),
  );
});

it.each([[[]], [[1, -1]], [[NaN]], [[1, Infinity]]])('refuses %j', (values) => {
  expect(() => jainIndex(values)).toThrow(RangeError);
});
