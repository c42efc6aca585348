import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { moreTrialsToDecide } from './more-trials.ts';

function interval(estimate: number, low: number, high: number) {
  return { estimate, low, high, confidence: 0.95 };
}

/** Symmetric on the log scale. */
function around(log: number, halfWidth: number) {
  return interval(Math.exp(log), Math.exp(log - halfWidth), Math.exp(log + halfWidth));
}

describe('moreTrialsToDecide', () => {
  test('a verdict that has fallen needs no more', () => {
    expect(moreTrialsToDecide(interval(1.2, 1.1, 1.3), 12, 0.05)).toBe(0);
    expect(moreTrialsToDecide(interval(1, 0.98, 1.02), 12, 0.05)).toBe(0);
  });

  // By hand: at even chances the half width 0.2 must come down to 0.1: four times as many trials.
  test('a half width twice too large needs four times the trials', () => {
    const options = { power: 0.5 };
    expect(moreTrialsToDecide(around(0.1, 0.19999), 10, 0.001, options)).toBe(30);
    expect(moreTrialsToDecide(around(-0.1, 0.19999), 10, 0.001, options)).toBe(30);
    // equality: the margin ln(1.1) = 0.0953
    expect(moreTrialsToDecide(around(0, 2 * 0.0953), 10, 0.1, options)).toBe(30);
  });

  // R 4.2.2: 10 * ((qnorm(.975) + qnorm(.8)) * (0.2 / qnorm(.975)) / 0.1)^2 is 81.73
  test('80 % power by default', () => {
    expect(moreTrialsToDecide(around(0.1, 0.2), 10, 0.001)).toBe(72);
  });

  test('a bound at the estimate, as of rounded figures, hinders nothing', () => {
    const more = moreTrialsToDecide(interval(1, 0.9, 1), 8, 0.05);
    expect(more).toBe(moreTrialsToDecide(interval(1, 0.9, 1.000001), 8, 0.05));
    expect(more).toBeGreaterThan(0);
  });

  test('takes the verdict that comes first', () => {
    // ln ratio 0.02: far from a margin of 10 %, near 1: equality comes first
    const near = moreTrialsToDecide(around(0.02, 0.15), 10, 0.1) ?? NaN;
    const differenceOnly = moreTrialsToDecide(around(0.02, 0.15), 10, 0, { most: 1e9 }) ?? NaN;
    expect(near).toBeLessThan(differenceOnly / 4);
  });

  test('uses the side of the interval that must move', () => {
    const steepBelow = interval(1.2, 0.9, 1.25);
    const steepAbove = interval(1.2, 0.99, 2);
    expect(moreTrialsToDecide(steepBelow, 10, 0.01)).toBeGreaterThan(
      moreTrialsToDecide(steepAbove, 10, 0.01) ?? NaN,
    );
  });

  test('no answer where the estimate is at the border, or the interval infinite', () => {
    expect(moreTrialsToDecide(around(0.0001, 0.2), 10, 0)).toBeUndefined();
    expect(moreTrialsToDecide(around(0, 0.2), 10, 0)).toBeUndefined();
    expect(moreTrialsToDecide(interval(1.2, 0.9, Infinity), 10, 0.05)).toBeUndefined();
    expect(moreTrialsToDecide(interval(0.9, 0, 1.1), 10, 0.05)).toBeUndefined();
    expect(moreTrialsToDecide(interval(Infinity, 0.9, Infinity), 10, 0.05)).toBeUndefined();
    expect(moreTrialsToDecide(around(0.03, 0.2), 10, 0.001, { most: 100 })).toBeUndefined();
  });

  test('is a whole number from 1, and grows with the width', () => {
    const log = fc.double({ min: -0.3, max: 0.3, noNaN: true });
    const width = fc.double({ min: 0.31, max: 2, noNaN: true });
    fc.assert(
      fc.property(log, width, fc.integer({ min: 6, max: 100 }), (centre, halfWidth, n) => {
        const options = { most: 1e12 };
        const more = moreTrialsToDecide(around(centre, halfWidth), n, 0.05, options) ?? NaN;
        expect(Number.isInteger(more) && more >= 1).toBe(true);
        const wider = moreTrialsToDecide(around(centre, 1.5 * halfWidth), n, 0.05, options);
        expect(wider).toBeGreaterThanOrEqual(more);
      }),
    );
  });

  test('refuses impossible arguments', () => {
    expect(() => moreTrialsToDecide(around(0, 0.2), 0, 0.05)).toThrow(RangeError);
    expect(() => moreTrialsToDecide(around(0, 0.2), 10, -1)).toThrow(RangeError);
    expect(() => moreTrialsToDecide(around(0, 0.2), 10, 0.05, { power: 1 })).toThrow(RangeError);
    expect(() => moreTrialsToDecide(interval(1, NaN, 2), 10, 0.05)).toThrow(RangeError);
  });
});
