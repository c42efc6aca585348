import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holm } from './holm.ts';

describe('holm', () => {
  // R 4.2.2: p.adjust(p, "holm")
  test.each([
    [
      [0.01, 0.04, 0.03, 0.005, 0.5, 0.04],
      [0.05, 0.12, 0.12, 0.03, 0.5, 0.12],
    ],
    [
      [0.4, 0.9, 0.6],
      [1, 1, 1],
    ],
    [[0.03], [0.03]],
  ])('%j', (pValues, expected) => {
    const adjusted = holm(pValues);
    expect(adjusted).toHaveLength(expected.length);
    expected.forEach((p, i) => expect(adjusted[i]).toBeCloseTo(p, 15));
  });

  test('never lowers a p, keeps their order, and is at most Bonferroni', () => {
    const p = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(p, { minLength: 1, maxLength: 20 }), (pValues) => {
        const adjusted = holm(pValues);
        pValues.forEach((a, i) => {
          const own = adjusted[i] ?? NaN;
          expect(own).toBeGreaterThanOrEqual(a);
          expect(own).toBeLessThanOrEqual(Math.min(1, a * pValues.length));
          pValues.forEach((b, j) => {
            if (a < b) expect(own).toBeLessThanOrEqual(adjusted[j] ?? NaN);
          });
        });
      }),
    );
  });

  test('refuses nothing, NaN and what is no probability', () => {
    for (const pValues of [[], [NaN], [-0.1], [0.5, 1.1]]) {
      expect(() => holm(pValues)).toThrow(RangeError);
    }
  });
});
