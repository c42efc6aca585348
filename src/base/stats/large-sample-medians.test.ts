import { describe, expect, test } from 'vitest';
import { interpolatedQuantile } from './interpolated-quantile.ts';
import { largeSampleMedians } from './large-sample-medians.ts';
import { normalQuantile } from './normal.ts';
import { seededRandom } from './random.ts';
import { resampledMedians, type DrawMedians } from './resampled-medians.ts';
import { sortedArm, type SortedArm } from './sorted-arm.ts';

const random = seededRandom('large samples');
const normal = () => normalQuantile(random.next() || 0.5);

/** Arms that share much of their noise, some of them in the opposite direction. */
function armsOf(blocks: number, shares: readonly number[]): SortedArm[] {
  const shared = Array.from({ length: blocks }, normal);
  return shares.map((share) =>
    sortedArm(Float64Array.from(shared, (one) => Math.exp(0.3 * (share * one + normal())))),
  );
}

/** Quantiles of a weighted sum of the logs of the medians. */
function quantiles(draw: DrawMedians, weights: readonly number[]): number[] {
  const medians = new Float64Array(weights.length);
  const sums = new Float64Array(20_000).map(() => {
    draw(medians);
    return weights.reduce((sum, weight, arm) => sum + weight * Math.log(medians[arm] ?? NaN), 0);
  });
  sums.sort();
  return [0.025, 0.25, 0.5, 0.75, 0.975].map((p) => interpolatedQuantile(sums, p));
}

describe('largeSampleMedians', () => {
  test.each([
    ['a ratio of two arms', 200, [2, 2], [-1, 1]],
    ['an odd number of blocks', 401, [2, 2], [-1, 1]],
    ['arms that go against each other', 300, [2, -2], [-1, 1]],
    ['two ratios', 250, [1, 2, 0, -1], [-0.5, 0.5, -0.5, 0.5]],
    ['the spread of one arm', 200, [1], [1]],
  ])('%s: the same distribution as resampling block by block', (_, blocks, shares, weights) => {
    const arms = armsOf(blocks, shares);
    const counted = quantiles(resampledMedians(arms, random), weights);
    const limit = quantiles(largeSampleMedians(arms, random), weights);
    const width = (counted[4] ?? NaN) - (counted[0] ?? NaN);
    for (const [index, quantile] of limit.entries()) {
      expect(Math.abs(quantile - (counted[index] ?? NaN)) / width).toBeLessThan(0.05);
    }
  });

  test('arms in fixed proportion stay so in every resample', () => {
    const [arm] = armsOf(201, [0]);
    if (arm === undefined) throw new Error('one arm was asked for');
    const tripled = { ...arm, values: arm.values.map((value) => 3 * value) };
    const draw = largeSampleMedians([arm, tripled], random);
    const medians = new Float64Array(2);
    for (let resample = 0; resample < 100; resample++) {
      draw(medians);
      expect((medians[1] ?? NaN) / (medians[0] ?? NaN)).toBeCloseTo(3, 10);
    }
  });

  test('failed trials in the middle leave nothing to average', () => {
    const failing = (share: number, failure: number) =>
      sortedArm(Float64Array.from({ length: 200 }, (_, i) => (i < share ? failure : 1 + i / 1000)));
    const draw = largeSampleMedians([failing(200, Infinity), failing(200, -Infinity)], random);
    const medians = new Float64Array(2);
    draw(medians);
    expect([...medians]).toEqual([Infinity, 0]);

    const some = largeSampleMedians([failing(100, Infinity), failing(100, -Infinity)], random);
    for (let resample = 0; resample < 200; resample++) {
      some(medians);
      expect(medians[0] === Infinity || (medians[0] ?? NaN) < 2).toBe(true);
      expect(medians[1] === 0 || (medians[1] ?? NaN) > 1).toBe(true);
    }
  });
});
