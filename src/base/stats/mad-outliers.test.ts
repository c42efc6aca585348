import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { madOutliers } from './mad-outliers.ts';

describe('madOutliers', () => {
  // R 4.2.2: which(abs(x - median(x)) / mad(x) > 3.5) - 1; the scores are
  // 0.45 0.45 0.00 0.90 0.00 34.62 0.90 4.50
  test('marks what R marks', () => {
    const values = [2.1, 2.3, 2.2, 2.4, 2.2, 9.9, 2.0, 1.2];
    expect(madOutliers(values)).toEqual([5, 7]);
    expect(madOutliers(values, 5)).toEqual([5]);
  });

  test('more than half equal: the mean absolute deviation stands in', () => {
    // mean deviation 1.0, so 10 is 10 / 1.2533 = 7.98 standard deviations away
    expect(madOutliers([5, 5, 5, 5, 5, 5, 5, 5, 5, 15])).toEqual([9]);
    // mean deviation 10/3: 10 is 2.4 standard deviations away
    expect(madOutliers([5, 5, 15])).toEqual([]);
  });

  test('all equal, one, two: no outlier', () => {
    expect(madOutliers([5, 5, 5])).toEqual([]);
    expect(madOutliers([5])).toEqual([]);
    expect(madOutliers([1, 1000])).toEqual([]);
  });

  test('failed trials are neither counted nor listed', () => {
    expect(madOutliers([1, 2, Infinity, 3, 2, 50, Infinity, -Infinity])).toEqual([5]);
    expect(madOutliers([Infinity, Infinity])).toEqual([]);
  });

  test('never marks more than half, whatever the scale and the origin', () => {
    const values = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, (xs) => {
        const marked = madOutliers(xs);
        expect(marked.length).toBeLessThanOrEqual(xs.length / 2);
        expect(madOutliers(xs.map((x) => 4 * x + 1024))).toEqual(marked);
      }),
    );
  });

  test('refuses nothing, NaN and a threshold of 0', () => {
    expect(() => madOutliers([])).toThrow(RangeError);
    expect(() => madOutliers([1, NaN])).toThrow(RangeError);
    expect(() => madOutliers([1], 0)).toThrow(RangeError);
  });
});
