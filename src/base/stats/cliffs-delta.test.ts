import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cliffsDelta } from './cliffs-delta.ts';
import { mannWhitney } from './mann-whitney.ts';

describe('cliffsDelta', () => {
  // R 4.2.2: mean(sign(outer(other, baseline, "-")))
  test('against R', () => {
    const baseline = [1.2, 3.4, 2.2, 5.1, 0.7, 4.4, 2.9];
    const other = [2.5, 6.1, 3.3, 7.7, 4.9, 5.8, 8.1, 6.6];
    expect(cliffsDelta(baseline, other)).toBeCloseTo(0.7142857142857143, 15);
    expect(cliffsDelta([1, 2, 2, 3, 4, 4, 5], [2, 4, 5, 5, 6, 7, 7, 8])).toBeCloseTo(
      0.7142857142857143,
      15,
    );
  });

  test('ends: all greater, all less, all equal', () => {
    expect(cliffsDelta([1, 2], [3, Infinity])).toBe(1);
    expect(cliffsDelta([3, 4], [1, 2])).toBe(-1);
    expect(cliffsDelta([3, 3], [3, 3])).toBe(0);
  });

  test('changes its sign with the order of the arms, and agrees with U', () => {
    const values = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(cliffsDelta(a, b) + cliffsDelta(b, a)).toBe(0);
        const fromU = (2 * mannWhitney(a, b).u) / (a.length * b.length) - 1;
        expect(cliffsDelta(a, b)).toBeCloseTo(fromU, 12);
      }),
    );
  });
});
