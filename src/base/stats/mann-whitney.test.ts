import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mannWhitney } from './mann-whitney.ts';

function sequence(count: number, value: (i: number) => number): number[] {
  return Array.from({ length: count }, (_, i) => value(i));
}

describe('mannWhitney', () => {
  // R 4.2.2: wilcox.test(other, baseline). SciPy 1.17.1: scipy.stats.mannwhitneyu(other, baseline,
  // method='exact').
  test('exact, small', () => {
    const baseline = [1.2, 3.4, 2.2, 5.1, 0.7, 4.4, 2.9];
    const other = [2.5, 6.1, 3.3, 7.7, 4.9, 5.8, 8.1, 6.6];
    const result = mannWhitney(baseline, other);
    expect(result).toMatchObject({ u: 48, method: 'exact' });
    expect(result.p).toBeCloseTo(0.020512820512820513, 14);
  });

  // R 4.2.2: wilcox.test(..., exact = TRUE); SciPy method='exact' agrees.
  test('exact, 40 against 45', () => {
    const baseline = sequence(40, (i) => ((i * 37) % 101) + 0.5);
    const other = sequence(45, (i) => ((i * 53 + 5) % 97) + 10);
    const result = mannWhitney(baseline, other);
    expect(result).toMatchObject({ u: 1030, method: 'exact' });
    expect(result.p).toBeCloseTo(0.25566508943793786, 12);
  });

  // R 4.2.2: wilcox.test(other, baseline); SciPy method='asymptotic' agrees.
  test('normal approximation for ties', () => {
    const result = mannWhitney([1, 2, 2, 3, 4, 4, 5], [2, 4, 5, 5, 6, 7, 7, 8]);
    expect(result).toMatchObject({ u: 48, method: 'normal' });
    expect(result.p).toBeCloseTo(0.022410040622825068, 13);
  });

  test('normal approximation for many values, some tied', () => {
    const baseline = sequence(60, (i) => ((i * 37) % 101) / 7);
    const other = sequence(55, (i) => ((i * 53 + 5) % 97) / 6.5);
    const result = mannWhitney(baseline, other);
    expect(result).toMatchObject({ u: 1713.5, method: 'normal' });
    expect(result.p).toBeCloseTo(0.72428759038469104, 13);
  });

  // R 4.2.2: wilcox.test(c(1,2,3,4,5,Inf,Inf), c(1,2,2,3,4,4,5)+0.25, exact = FALSE)
  test('failed trials rank as worse than all and tie with each other', () => {
    const result = mannWhitney(
      [1, 2, 2, 3, 4, 4, 5].map((value) => value + 0.25),
      [1, 2, 3, 4, 5, Infinity, Infinity],
    );
    expect(result).toMatchObject({ u: 28, method: 'normal' });
    expect(result.p).toBeCloseTo(0.70053680664147644, 13);
  });

  test('equal values say nothing', () => {
    expect(mannWhitney([3, 3, 3], [3, 3]).p).toBe(1);
    expect(mannWhitney([3], [3])).toEqual({ u: 0.5, p: 1, method: 'normal' });
    expect(mannWhitney([1], [2]).p).toBe(1);
  });

  test('p is a probability, symmetric in the arms and blind to the scale', () => {
    const values = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const { u, p } = mannWhitney(a, b);
        expect(p > 0 && p <= 1).toBe(true);
        const swapped = mannWhitney(b, a);
        expect(swapped.u).toBe(a.length * b.length - u);
        expect(swapped.p).toBeCloseTo(p, 12);
        expect(mannWhitney(a.map(Math.exp), b.map(Math.exp)).p).toBe(p);
      }),
    );
  });

  test('refuses nothing and NaN', () => {
    expect(() => mannWhitney([], [1])).toThrow(RangeError);
    expect(() => mannWhitney([1, NaN], [1])).toThrow(RangeError);
  });
});
