import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast, logMedians, percentileBounds, quotient } from './log-contrasts.ts';
import { seededRandom } from './random.ts';
import { ratioInterval } from './ratio-interval.ts';

const random = () => seededRandom('5eed').fork('contrasts');
const value = fc.double({ min: 0.1, max: 100, noNaN: true });
const blocks = (arms: number) =>
  fc.array(fc.array(value, { minLength: arms, maxLength: arms }), { minLength: 6, maxLength: 9 });

describe('contrasts of log medians', () => {
  it('of two arms are the interval of their ratio', () => {
    fc.assert(
      fc.property(blocks(2), (values) => {
        const logs = logMedians(values, { random: random(), resamples: 300 });
        const difference = contrast(logs, [-1, 1]);
        const bounds = percentileBounds(difference);
        const pairs = values.map(([baseline = 0, other = 0]) => [{ baseline, other }]);
        const ratio = ratioInterval(pairs, { random: random(), resamples: 300 });
        expect(Math.exp(difference.estimate)).toBeCloseTo(ratio?.estimate ?? NaN, 9);
        expect(Math.exp(bounds?.low ?? NaN)).toBeCloseTo(ratio?.low ?? NaN, 9);
        expect(Math.exp(bounds?.high ?? NaN)).toBeCloseTo(ratio?.high ?? NaN, 9);
      }),
      { numRuns: 30 },
    );
  });

  it('that sum to another do so in every resample', () => {
    fc.assert(
      fc.property(blocks(4), (values) => {
        const logs = logMedians(values, { random: random(), resamples: 50 });
        const [one, other] = [contrast(logs, [-1, 1, 0, 0]), contrast(logs, [0, -1, 0, 1])];
        const whole = contrast(logs, [-1, 0, 0, 1]);
        const shares = [quotient(one, whole), quotient(other, whole)];
        for (const [draw, sum] of whole.draws.entries()) {
          expect((one.draws[draw] ?? 0) + (other.draws[draw] ?? 0)).toBeCloseTo(sum, 9);
          if (Math.abs(sum) < 1e-3) continue;
          const parts = shares.reduce((all, { draws }) => all + (draws[draw] ?? 0), 0);
          expect(parts).toBeCloseTo(1, 6);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('have no interval below six blocks, and an open one where failures reach the median', () => {
    const some = (count: number, failed: number) =>
      Array.from({ length: count }, (_, block) => [1 + block / 10, block < failed ? Infinity : 2]);
    const of = (values: number[][]) => contrast(logMedians(values, { random: random() }), [-1, 1]);
    expect(percentileBounds(of(some(5, 0)))).toBeUndefined();
    expect(percentileBounds(of(some(8, 0)))?.high).toBeLessThan(1);
    expect(percentileBounds(of(some(8, 3)))?.high).toBe(Infinity);
    // Two arms without a median: nothing is known of their ratio.
    const lost = Array.from({ length: 8 }, () => [Infinity, Infinity]);
    expect(percentileBounds(of(lost))).toEqual({ low: -Infinity, high: Infinity });
    // An arm that does not enter may fail as it likes.
    const half = contrast(logMedians(some(8, 8), { random: random() }), [1, 0]);
    expect(percentileBounds(half)?.high).toBeLessThan(1);
  });

  it('refuses values that are none', () => {
    for (const wrong of [[[1, -1]], [[1, NaN]], [[1, 2], [1]], []]) {
      expect(() => logMedians(wrong, { random: random() })).toThrow(RangeError);
    }
  });
});
