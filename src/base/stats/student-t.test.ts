import { expect, it } from 'vitest';
import { normalQuantile } from './normal.ts';
import { studentQuantile } from './student-t.ts';

// qt(p, df) of R.
it.each([
  [0.975, 1, 12.706204736174694],
  [0.975, 4, 2.7764451051977987],
  [0.9995, 4, 8.610301581379132],
  [0.99975, 4, 10.306254681808051], // scipy.stats.t.ppf
  [0.975, 30, 2.0422724563012373],
  [0.025, 9, -2.2621571628540993],
  [0.9, 2, 1.885618083164127],
])('qt(%f, %f) is %f', (p, degrees, value) => {
  expect(Math.abs(studentQuantile(p, degrees) / value - 1)).toBeLessThan(1e-6);
});

it('has the middle at 0 and the normal distribution as its limit', () => {
  expect(studentQuantile(0.5, 3)).toBe(0);
  expect(studentQuantile(0.9995, 1e9)).toBe(normalQuantile(0.9995));
  expect(studentQuantile(0.975, 1e6)).toBeCloseTo(normalQuantile(0.975), 5);
});

it('expects a probability and degrees of freedom', () => {
  for (const [p, degrees] of [
    [0, 4],
    [1, 4],
    [NaN, 4],
    [0.5, 0],
    [0.5, NaN],
  ] as const) {
    expect(() => studentQuantile(p, degrees)).toThrow(RangeError);
  }
});
