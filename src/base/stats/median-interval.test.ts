import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { medianInterval } from './median-interval.ts';
import { normalQuantile } from './normal.ts';
import { seededRandom } from './random.ts';

describe('medianInterval', () => {
  // R 4.2.2: x <- sort(c(...)); k <- qbinom(0.025, 10, 0.5); c(median(x), x[k], x[11 - k])
  test('ten values', () => {
    expect(medianInterval([3.2, 1.1, 9.9, 4.4, 2.7, 5.0, 3.9, 6.1, 2.2, 4.8])).toEqual({
      estimate: 4.15,
      low: 2.2,
      high: 6.1,
      confidence: 0.978515625,
    });
  });

  test('six values reach 95 % from smallest to largest, five do not', () => {
    expect(medianInterval([6, 1, 5, 2, 4, 3])).toEqual({
      estimate: 3.5,
      low: 1,
      high: 6,
      confidence: 0.96875,
    });
    expect(medianInterval([1, 2, 3, 4, 5])).toBeUndefined();
    expect(medianInterval([1, 2, 3, 4, 5], 0.9)).toMatchObject({ low: 1, high: 5 });
    expect(medianInterval([1, 2, 3, 4, 5, 6], 0.99)).toBeUndefined();
  });

  test('failed trials rank as worse than all', () => {
    const oneFailed = medianInterval([1, 2, 3, 4, 5, Infinity]);
    expect(oneFailed).toMatchObject({ estimate: 3.5, low: 1, high: Infinity });
    const halfFailed = medianInterval([1, 2, 3, Infinity, Infinity, Infinity]);
    expect(halfFailed).toMatchObject({ estimate: Infinity, low: 1, high: Infinity });
    const allFailed = medianInterval(new Array<number>(6).fill(Infinity));
    expect(allFailed).toMatchObject({ estimate: Infinity, low: Infinity, high: Infinity });
    expect(medianInterval([1, 2, 3, 4, 5, -Infinity])).toMatchObject({ low: -Infinity, high: 5 });
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

  test('covers the median as often as it says', () => {
    const random = seededRandom('coverage');
    let covered = 0;
    for (let i = 0; i < 4000; i++) {
      const values = Array.from({ length: 10 }, () => normalQuantile(random.next() || 0.5));
      const interval = medianInterval(values);
      if (interval && interval.low <= 0 && interval.high >= 0) covered++;
    }
    // 97.85 % ± 4 standard errors of 0.23 points
    expect(Math.abs(covered / 4000 - 0.978515625)).toBeLessThan(0.0092);
  });
});
