import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../../base/stats/normal.ts';
import { seededRandom } from '../../../base/stats/random.ts';
import { fitUsl, largestMisfit, type ScalingPoint } from './fit-usl.ts';
import { type Usl, uslThroughput } from './usl.ts';

const levels = [1, 2, 3, 4, 6, 8, 12];

function pointsOf(usl: Usl, noise: () => number = () => 1, guests = levels): ScalingPoint[] {
  return guests.map((n) => ({ guests: n, throughput: uslThroughput(usl, n) * noise() }));
}

const zeroOr = (max: number) =>
  fc.oneof(fc.constant(0), fc.double({ min: max / 1000, max, noNaN: true }));
const law = fc.record({
  lambda: fc.double({ min: 1e-3, max: 1e10, noNaN: true }),
  sigma: zeroOr(1.5),
  kappa: zeroOr(0.3),
});

/** What the fit minimizes. */
function errorOf(usl: Usl, points: readonly ScalingPoint[]): number {
  return points.reduce(
    (sum, { guests, throughput }) => sum + Math.log(throughput / uslThroughput(usl, guests)) ** 2,
    0,
  );
}

describe('fitUsl', () => {
  it('finds the law again from points on its curve, in any unit', () => {
    fc.assert(
      fc.property(law, (truth) => {
        const found = fitUsl(pointsOf(truth)) as Usl;
        expect(found.lambda / truth.lambda).toBeCloseTo(1, 3);
        for (const n of [...levels, 24]) {
          expect(uslThroughput(found, n) / uslThroughput(truth, n)).toBeCloseTo(1, 3);
        }
        if (truth.sigma === 0) expect(found.sigma).toBeLessThan(1e-4);
        if (truth.kappa === 0) expect(found.kappa).toBeLessThan(1e-4);
      }),
    );
  });

  it('is exactly 0 where nothing is missing', () => {
    const found = fitUsl(pointsOf({ lambda: 7e6, sigma: 0, kappa: 0 }));
    expect(found).toMatchObject({ sigma: 0, kappa: 0 });
    expect(found?.lambda).toBeCloseTo(7e6, 2);
  });

  it('is at a least square: no law nearby is closer to noisy points, none is negative', () => {
    fc.assert(
      fc.property(law, fc.integer(), (truth, seed) => {
        const random = seededRandom(String(seed));
        const noise = () => Math.exp(0.1 * normalQuantile(random.next() * 0.998 + 0.001));
        const points = pointsOf(truth, noise);
        const found = fitUsl(points) as Usl;
        const error = errorOf(found, points);
        expect(Math.min(found.sigma, found.kappa)).toBeGreaterThanOrEqual(0);
        for (const [a, b, c] of [
          [1.01, 0, 0],
          [0.99, 0, 0],
          [1, 0.003, 0],
          [1, -0.003, 0],
          [1, 0, 0.0003],
          [1, 0, -0.0003],
        ] as const) {
          const near = {
            lambda: found.lambda * a,
            sigma: Math.max(0, found.sigma + b),
            kappa: Math.max(0, found.kappa + c),
          };
          expect(errorOf(near, points)).toBeGreaterThanOrEqual(error * (1 - 1e-3) - 1e-9);
        }
      }),
    );
  });

  it('takes all trials as well as medians: twice the same points change nothing', () => {
    const points = pointsOf({ lambda: 4, sigma: 0.2, kappa: 0.01 });
    const [once, twice] = [fitUsl(points), fitUsl([...points, ...points])];
    for (const name of ['lambda', 'sigma', 'kappa'] as const) {
      expect(twice?.[name]).toBeCloseTo(once?.[name] ?? NaN, 5);
    }
  });

  it('says nothing below three numbers of guests, and refuses points that are none', () => {
    expect(fitUsl(pointsOf({ lambda: 1, sigma: 0, kappa: 0 }, undefined, [1, 4]))).toBeUndefined();
    for (const throughput of [0, -1, NaN, Infinity]) {
      expect(() => fitUsl([{ guests: 1, throughput }])).toThrow(/above 0, got 1 with/);
    }
  });
});

it('largestMisfit names the point that the curve does not meet', () => {
  const usl = { lambda: 2, sigma: 0.1, kappa: 0 };
  const points = pointsOf(usl).map((point) =>
    point.guests === 4 ? { ...point, throughput: point.throughput * 0.7 } : point,
  );
  const { guests, share } = largestMisfit(usl, points);
  expect(guests).toBe(4);
  expect(share).toBeCloseTo(-0.3, 6);
});
