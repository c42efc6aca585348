import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { medianInterval } from './median-interval.ts';
import { normalQuantile } from './normal.ts';
import { seededRandom } from './random.ts';

describe('medianInterval', () => {
  // Minitab's example of "1-Sample Sign", %Chromium: 95 % by interpolation (17.4263, 18.7632), between
  // ranks 3 and 4 of 12, which lie at 17.4 and 17.5, and at 19 and 18.1 on the other side.
  test('published interval of twelve values', () => {
    const values = [16, 17.2, 17.4, 17.5, 17.5, 17.6, 17.8, 18, 18.1, 19, 20, 20.1];
    const interval = medianInterval(values);
    expect(interval?.estimate).toBeCloseTo(17.7, 12);
    expect(interval?.low).toBeCloseTo(17.4263, 4);
    expect(interval?.high).toBeCloseTo(18.7632, 4);
    expect(interval?.confidence).toBe(0.95);
  });

  // R 4.2.2: x <- sort(c(...)); n <- 10; k <- qbinom(0.025, n, 0.5); g <- 1 - 2*pbinom(c(k-1, k), n, 0.5)
  // i <- (g[1]-0.95)/(g[1]-g[2]); l <- (n-k)*i/(k+(n-2*k)*i); (1-l)*x[c(k, n+1-k)] + l*x[c(k+1, n-k)]
  test('ten values', () => {
    const interval = medianInterval([3.2, 1.1, 9.9, 4.4, 2.7, 5.0, 3.9, 6.1, 2.2, 4.8]);
    expect(interval?.estimate).toBeCloseTo(4.15, 12);
    expect(interval?.low).toBeCloseTo(2.528828828829, 10);
    expect(interval?.high).toBeCloseTo(5.376576576577, 10);
  });

  test('six values reach 95 % between smallest and largest, five do not', () => {
    const { low = NaN, high = NaN } = medianInterval([6, 1, 5, 2, 4, 3]) ?? {};
    // (n − 1)·0.1 / (1 + (n − 2)·0.1), as 0.1 of the way from 96.875 to 78.125 % is 95 %
    expect(low).toBeCloseTo(1 + 0.5 / 1.4, 12);
    expect(high).toBeCloseTo(6 - 0.5 / 1.4, 12);
    expect(medianInterval([1, 2, 3, 4, 5])).toBeUndefined();
    expect(medianInterval([1, 2, 3, 4, 5], 0.9375)).toMatchObject({ low: 1, high: 5 });
    expect(medianInterval([1, 2, 3, 4, 5, 6], 0.99)).toBeUndefined();
  });

  test('failed trials rank as worse than all', () => {
    const oneFailed = medianInterval([1, 2, 3, 4, 5, Infinity]);
    expect(oneFailed).toMatchObject({ estimate: 3.5, high: Infinity });
    expect(oneFailed?.low).toBeCloseTo(1.357, 3);
    const halfFailed = medianInterval([1, 2, 3, Infinity, Infinity, Infinity]);
    expect(halfFailed).toMatchObject({ estimate: Infinity, high: Infinity });
    expect(halfFailed?.low).toBeCloseTo(1.357, 3);
    // Nothing is known of what lies between a trial that was completed and one that failed.
    const nearlyAll = medianInterval([1, ...new Array<number>(5).fill(Infinity)]);
    expect(nearlyAll).toMatchObject({ estimate: Infinity, low: 1, high: Infinity });
    const allFailed = medianInterval(new Array<number>(6).fill(Infinity));
    expect(allFailed).toMatchObject({ estimate: Infinity, low: Infinity, high: Infinity });
    const other = medianInterval([1, 2, 3, 4, 5, -Infinity]);
    expect(other?.low).toBe(-Infinity);
    expect(other?.high).toBeCloseTo(5 - 0.357, 3);
  });

  test('refuses nothing, NaN and failures on both sides of the middle', () => {
    expect(() => medianInterval([])).toThrow(RangeError);
    expect(() => medianInterval([1, NaN, 3, 4, 5, 6])).toThrow('NaN at index 1');
    const both = [-Infinity, -Infinity, -Infinity, Infinity, Infinity, Infinity];
    expect(() => medianInterval(both)).toThrow(RangeError);
  });

  test('low ≤ estimate ≤ high, whatever the order; the input stays as it was', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 6, maxLength: 60 }),
        fc.string(),
        (values, seed) => {
          const before = [...values];
          const interval = medianInterval(values);
          expect(values).toEqual(before);
          expect(interval).toEqual(medianInterval(seededRandom(seed).shuffle(values)));
          if (interval === undefined) throw new Error('six values suffice');
          expect(interval.low).toBeLessThanOrEqual(interval.estimate);
          expect(interval.high).toBeGreaterThanOrEqual(interval.estimate);
        },
      ),
    );
  });

  test.each([6, 10, 20])('covers the median of %d values as often as it says', (n) => {
    const random = seededRandom(`coverage ${n}`);
    let covered = 0;
    for (let i = 0; i < 4000; i++) {
      const values = Array.from({ length: n }, () => normalQuantile(random.next() || 0.5));
      const interval = medianInterval(values);
      if (interval && interval.low <= 0 && interval.high >= 0) covered++;
    }
    // 4 standard errors of 0.34 points
    expect(Math.abs(covered / 4000 - 0.95)).toBeLessThan(0.0138);
  });
});
