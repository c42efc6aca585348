import fc from 'fast-check';
import { median } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { medianInterval } from './median-interval.ts';
import { normalQuantile } from './normal.ts';
import { seededRandom } from './random.ts';
import { trialsNeeded } from './trials-needed.ts';

/** Log-normal values at equal steps of probability: their MAD is that of the distribution. */
function pilotOf(sigma: number, n: number): number[] {
  return Array.from({ length: n }, (_, i) => Math.exp(sigma * normalQuantile((i + 0.5) / n)));
}

describe('trialsNeeded', () => {
  test('a precise pilot needs no more than the interval itself', () => {
    expect(trialsNeeded([3.4, 3.41, 3.39, 3.4, 3.42], { relativeHalfWidth: 0.05 })).toBe(6);
    expect(trialsNeeded([2, 2, 2], { relativeHalfWidth: 0.01 })).toBe(6);
    expect(trialsNeeded([2, 2, 2], { relativeHalfWidth: 0.01, confidence: 0.99 })).toBe(8);
  });

  test('approaches (π/2)·(z·σ/ln(1+w))²', () => {
    // R 4.2.2: ceiling(pi/2 * (qnorm(.975) * 0.1 / log(1.01))^2) is 610
    const n = trialsNeeded(pilotOf(0.1, 1001), { relativeHalfWidth: 0.01 }) ?? NaN;
    expect(Math.abs(n / 610 - 1)).toBeLessThan(0.05);
    // … * 0.1 / log(1.0001))^2 is 6034753
    const many = trialsNeeded(pilotOf(0.1, 1001), { relativeHalfWidth: 0.0001 }) ?? NaN;
    expect(Math.abs(many / 6_034_753 - 1)).toBeLessThan(0.01);
  });

  test('that many trials give an interval of about the wanted width', () => {
    const sigma = 0.15;
    const random = seededRandom('trials-needed');
    for (const relativeHalfWidth of [0.2, 0.1, 0.05]) {
      const n = trialsNeeded(pilotOf(sigma, 101), { relativeHalfWidth }) ?? NaN;
      const widths = Array.from({ length: 400 }, () => {
        const values = Array.from({ length: n }, () =>
          Math.exp(sigma * normalQuantile(random.next() || 0.5)),
        );
        const { low = NaN, high = NaN } = medianInterval(values) ?? {};
        return Math.log(high / low) / 2;
      });
      const typical = Math.expm1(median(widths));
      expect(typical).toBeLessThan(relativeHalfWidth * 1.05);
      // Ranks are whole, so small numbers of trials come in steps.
      expect(typical).toBeGreaterThan(relativeHalfWidth * 0.65);
    }
  });

  test('one outlier does not blow the run up', () => {
    const clean = trialsNeeded([10, 10.5, 9.8, 10.2, 9.6, 10.1], { relativeHalfWidth: 0.02 }) ?? 0;
    const dirty = trialsNeeded([10, 10.5, 9.8, 10.2, 9.6, 40], { relativeHalfWidth: 0.02 }) ?? 0;
    expect(dirty).toBeLessThan(3 * clean);
  });

  test('mostly equal values: the standard deviation stands in', () => {
    const n = trialsNeeded([10, 10, 10, 10, 14], { relativeHalfWidth: 0.02 }) ?? 0;
    expect(n).toBeGreaterThan(100);
  });

  test('failed trials are left out; too few of the rest decide nothing', () => {
    const options = { relativeHalfWidth: 0.02 };
    expect(trialsNeeded([10, Infinity, 10.5, 9.8], options)).toBe(
      trialsNeeded([10, 10.5, 9.8], options),
    );
    expect(trialsNeeded([10, 10.5, Infinity], options)).toBeUndefined();
  });

  test('does not depend on the unit; more spread never needs fewer', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 900, max: 1100 }), { minLength: 3, maxLength: 12 }),
        (pilot) => {
          const options = { relativeHalfWidth: 0.05 };
          const n = trialsNeeded(pilot, options) ?? NaN;
          expect(n).toBeGreaterThanOrEqual(6);
          expect(
            Math.abs(
              (trialsNeeded(
                pilot.map((x) => x * 8),
                options,
              ) ?? NaN) - n,
            ),
          ).toBeLessThan(3);
          const wider = pilot.map((x) => (x / 1000) ** 2);
          expect(trialsNeeded(wider, options)).toBeGreaterThanOrEqual(n);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('refuses what has no logarithm and impossible precision', () => {
    const options = { relativeHalfWidth: 0.05 };
    for (const pilot of [[], [1, NaN, 2], [1, 0, 2], [1, -1, 2]]) {
      expect(() => trialsNeeded(pilot, options)).toThrow(RangeError);
    }
    for (const relativeHalfWidth of [0, -0.1, NaN, Infinity]) {
      expect(() => trialsNeeded([1, 2, 3], { relativeHalfWidth })).toThrow(RangeError);
    }
  });
});
