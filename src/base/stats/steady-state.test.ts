import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { steadyState } from './steady-state.ts';

describe('steadyState', () => {
  // R 4.2.2: y <- c(...); b <- coef(lm(y ~ seq_along(y)))[2]; 4 * b / mean(y); diff(range(y)) / mean(y)
  test.each([
    [[102, 98, 101, 97, 99], true, 0.050301810865191, -0.028169014084507],
    // falls or rises too much, though within 20 %
    [[100, 103, 105, 109, 112], false, 0.113421550094518, 0.113421550094518],
    [[112, 109, 105, 103, 100], false, 0.113421550094518, -0.113421550094518],
    // no trend, but too wide
    [[100, 88, 100, 112, 100], false, 0.24, 0.096],
    [[110, 92, 100, 92, 110], true, 0.178571428571429, 0],
  ])('%j', (rounds, steady, excursion, slope) => {
    const result = steadyState(rounds);
    expect(result?.steady).toBe(steady);
    expect(result?.excursion).toBeCloseTo(excursion, 12);
    expect(result?.slope).toBeCloseTo(slope, 12);
  });

  test('the limits themselves are steady', () => {
    expect(steadyState([90, 100, 110, 100, 100])).toMatchObject({ steady: true, excursion: 0.2 });
    expect(steadyState([95, 97.5, 100, 102.5, 105])).toMatchObject({ steady: true, slope: 0.1 });
  });

  test('only the last five rounds count, and fewer decide nothing', () => {
    expect(steadyState([500, 300, 100, 100, 100, 100, 100])?.steady).toBe(true);
    expect(steadyState([100, 100, 100, 100])).toBeUndefined();
    expect(steadyState([])).toBeUndefined();
  });

  test('nothing done is not steady', () => {
    expect(steadyState([0, 0, 0, 0, 0])).toEqual({ steady: false, excursion: 0, slope: 0 });
  });

  test('does not depend on the unit; turned round, the slope changes its sign', () => {
    const value = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 5, maxLength: 5 }), (rounds) => {
        const result = steadyState(rounds);
        const scaled = steadyState(rounds.map((x) => x * 1024));
        expect(scaled?.excursion).toBeCloseTo(result?.excursion ?? NaN, 10);
        expect(scaled?.slope).toBeCloseTo(result?.slope ?? NaN, 10);
        expect(steadyState([...rounds].reverse())?.slope).toBeCloseTo(-(result?.slope ?? NaN), 10);
      }),
    );
  });

  test('refuses NaN, infinite and negative values', () => {
    for (const wrong of [NaN, Infinity, -1]) {
      expect(() => steadyState([1, 1, wrong, 1, 1])).toThrow(RangeError);
    }
  });
});
