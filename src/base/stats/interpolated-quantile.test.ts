import { describe, expect, test } from 'vitest';
import { interpolatedQuantile } from './interpolated-quantile.ts';

describe('interpolatedQuantile', () => {
  // R 4.2.2: quantile(c(1.5, 2, 4, 8, 16), p), type 7
  test.each([
    [0, 1.5],
    [0.025, 1.55],
    [0.1, 1.7],
    [0.5, 4],
    [0.9, 12.8],
    [0.975, 15.2],
    [1, 16],
  ])('at %d', (p, expected) => {
    expect(interpolatedQuantile([1.5, 2, 4, 8, 16], p)).toBeCloseTo(expected, 12);
  });

  test('stays clear of NaN beside infinite values', () => {
    expect(interpolatedQuantile([-Infinity, -Infinity, 1, Infinity], 0.1)).toBe(-Infinity);
    expect(interpolatedQuantile([-Infinity, 1], 0.9)).toBe(-Infinity);
    expect(interpolatedQuantile([1, Infinity], 0.1)).toBe(Infinity);
    expect(interpolatedQuantile([-Infinity, Infinity], 0.5)).toBe(-Infinity);
    expect(interpolatedQuantile([1, Infinity], 0)).toBe(1);
  });

  test('refuses nothing and impossible shares', () => {
    expect(() => interpolatedQuantile([], 0.5)).toThrow(RangeError);
    expect(() => interpolatedQuantile([1], 1.1)).toThrow(RangeError);
    expect(() => interpolatedQuantile([1], NaN)).toThrow(RangeError);
  });
});
