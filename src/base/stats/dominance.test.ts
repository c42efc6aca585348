import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dominance } from './dominance.ts';

const values = fc.array(
  fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom(Infinity, -Infinity)),
  { minLength: 1, maxLength: 30 },
);

test('counts what comparing every pair counts', () => {
  fc.assert(
    fc.property(values, values, (baseline, other) => {
      const counts = { greater: 0, less: 0, equal: 0 };
      for (const a of baseline) {
        for (const b of other) counts[b > a ? 'greater' : b < a ? 'less' : 'equal']++;
      }
      expect(dominance(baseline, other)).toEqual(counts);
    }),
  );
});

test('refuses nothing and NaN', () => {
  expect(() => dominance([], [1])).toThrow(RangeError);
  expect(() => dominance([1], [])).toThrow(RangeError);
  expect(() => dominance([1], [NaN])).toThrow(RangeError);
});
