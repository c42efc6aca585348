import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalQuantile } from './normal.ts';
import type { Random } from './random.ts';
import { seededRandom } from './random.ts';
import type { MatchedPair } from './ratio-interval.ts';
import { ratioInterval } from './ratio-interval.ts';

function twoArms(baseline: readonly number[], other: readonly number[]): MatchedPair[][] {
  return baseline.map((value, i) => [{ baseline: value, other: other[i] ?? NaN }]);
}

/** Draws the given blocks, resample after resample, then over again. */
function fixedDraws(draws: readonly number[]): Random {
  let drawn = 0;
  return {
    ...seededRandom('unused'),
    integer: () => draws[drawn++ % draws.length] ?? NaN,
  };
}

/** x ← (1664525·x + 1013904223) mod 2³²; ⌊x·n / 2³²⌋. */
function lcgDraws(n: number, count: number, seed: bigint): number[] {
  let x = seed;
  return Array.from({ length: count }, () => {
    x = (1664525n * x + 1013904223n) % 2n ** 32n;
    return Number((x * BigInt(n)) >> 32n);
  });
}

const baseline = [5.8, 6.1, 5.6, 5.9, 7.2, 5.7, 6.0, 5.5, 6.3, 5.8];
const other = [3.4, 3.3, 3.6, 3.5, 3.2, 4.9, 3.4, 3.1, 3.7, 3.5];

describe('ratioInterval', () => {
  // NumPy 2.4.6: np.exp of logratio(all blocks) and of np.percentile(logratio(I), [2.5, 97.5]), where
  // logratio(I) = mean over the pairs of np.log(np.median(other[I], -1) / np.median(baseline[I], -1))
  // and I are 500 resamples from the generator above, seed 2026.
  const threefold = [...baseline].reverse().map((value) => 3 * value);
  test.each([
    [
      'an even number of blocks',
      twoArms(baseline, other),
      [0.5897435897435898, 0.5480114530384793, 0.6300281706886712],
    ],
    [
      'an odd number of blocks',
      twoArms(baseline.slice(0, 9), other.slice(0, 9)),
      [0.5762711864406779, 0.5409836065573771, 0.631578947368421],
    ],
    [
      'two matched pairs in a block',
      baseline.map((value, i) => [
        { baseline: value, other: other[i] ?? NaN },
        { baseline: other[i] ?? NaN, other: threefold[i] ?? NaN },
      ]),
      [1.7320508075688772, 1.6957271762295436, 1.7877641362941386],
    ],
  ])('%s, as NumPy on the same resamples', (_, blocks, [estimate, low, high]) => {
    const random = fixedDraws(lcgDraws(blocks.length, blocks.length * 500, 2026n));
    const interval = ratioInterval(blocks, { random, resamples: 500 });
    expect(interval?.estimate).toBeCloseTo(estimate ?? NaN, 12);
    expect(interval?.low).toBeCloseTo(low ?? NaN, 12);
    expect(interval?.high).toBeCloseTo(high ?? NaN, 12);
    expect(interval?.confidence).toBe(0.95);
  });

  test('a tie between the arms: the interval holds 1 and is its own reciprocal', () => {
    const blocks = twoArms([...baseline, ...other], [...other, ...baseline]);
    const interval = ratioInterval(blocks, { random: seededRandom('tie') });
    expect(interval?.estimate).toBe(1);
    expect(interval?.low).toBeLessThan(1);
    expect(interval?.high).toBeGreaterThan(1);
  });

  test('resamples whole blocks: what both arms of a block share cancels', () => {
    const noisy = [1, 40, 3, 200, 7, 15, 90, 2, 600];
    const interval = ratioInterval(
      twoArms(
        noisy,
        noisy.map((value) => 1.5 * value),
      ),
      {
        random: seededRandom('blocks'),
      },
    );
    for (const bound of [interval?.low, interval?.estimate, interval?.high]) {
      expect(bound).toBeCloseTo(1.5, 12);
    }
  });

  test('a main effect is the geometric mean over the matched pairs', () => {
    const blocks = baseline.map((value) => [
      { baseline: value, other: 2 * value },
      { baseline: 1000 * value, other: 8000 * value },
    ]);
    const interval = ratioInterval(blocks, { random: seededRandom('pairs') });
    expect(interval?.estimate).toBeCloseTo(4, 12);
    expect(interval?.low).toBeCloseTo(4, 12);
  });

  test('no interval below six blocks', () => {
    const random = seededRandom('few');
    expect(ratioInterval(twoArms(baseline.slice(0, 5), other.slice(0, 5)), { random })).toBe(
      undefined,
    );
    expect(
      ratioInterval(twoArms(baseline.slice(0, 6), other.slice(0, 6)), { random }),
    ).toBeDefined();
  });

  describe('failed trials', () => {
    const random = () => seededRandom('failed');

    test('a few of the other arm reach the upper bound', () => {
      const failing = [...other];
      failing.splice(0, 3, Infinity, Infinity, Infinity);
      const interval = ratioInterval(twoArms(baseline, failing), { random: random() });
      expect(interval?.estimate).toBeCloseTo(3.6 / 5.85, 12);
      expect(interval?.low).toBeGreaterThan(0.5);
      expect(interval?.high).toBe(Infinity);
    });

    test('all of one arm: the ratio is infinite, or 0', () => {
      const failing = other.map(() => Infinity);
      expect(ratioInterval(twoArms(baseline, failing), { random: random() })).toMatchObject({
        estimate: Infinity,
        low: Infinity,
        high: Infinity,
      });
      expect(ratioInterval(twoArms(failing, baseline), { random: random() })).toMatchObject({
        estimate: 0,
        low: 0,
        high: 0,
      });
    });

    test('of a metric where more is better they are −Infinity', () => {
      const failing = baseline.map((_, i) => (i < 5 ? -Infinity : 9));
      expect(ratioInterval(twoArms(baseline, failing), { random: random() })).toMatchObject({
        estimate: 0,
        low: 0,
      });
    });

    test('zeros are figures: half of them halve the median', () => {
      const halves = baseline.map((_, i) => (i < 5 ? 0 : 4));
      const fours = baseline.map(() => 4);
      const interval = ratioInterval(twoArms(fours, halves), { random: random() });
      expect(interval).toMatchObject({ estimate: 0.5, low: 0, high: 1 });
    });

    test('many in both arms: neither bound is known', () => {
      const failing = (values: number[], from: number) =>
        values.map((value, i) => ((i + from) % 10 < 4 ? Infinity : value));
      const blocks = twoArms(failing(baseline, 0), failing(other, 0));
      expect(ratioInterval(blocks, { random: random() })).toMatchObject({ low: 0, high: Infinity });
    });

    test('most in both arms: no ratio', () => {
      const failing = baseline.map((value, i) => (i < 6 ? Infinity : value));
      expect(ratioInterval(twoArms(failing, failing), { random: random() })).toBeUndefined();
    });
  });

  const value = fc.integer({ min: 1, max: 1000 });
  const pairs = fc.integer({ min: 1, max: 3 }).chain((count) =>
    fc.array(
      fc.array(fc.record({ baseline: value, other: value }), {
        minLength: count,
        maxLength: count,
      }),
      { minLength: 6, maxLength: 15 },
    ),
  );

  test('turning the arms round gives the reciprocal; the unit does not matter', () => {
    fc.assert(
      fc.property(pairs, (blocks) => {
        const run = (change: (pair: MatchedPair) => MatchedPair) => {
          const interval = ratioInterval(
            blocks.map((block) => block.map(change)),
            { random: seededRandom('same'), resamples: 100 },
          );
          if (interval === undefined) throw new Error('six blocks suffice');
          return interval;
        };
        const interval = run((pair) => pair);
        const turned = run((pair) => ({ baseline: pair.other, other: pair.baseline }));
        expect(turned.estimate * interval.estimate).toBeCloseTo(1, 10);
        expect(turned.low * interval.high).toBeCloseTo(1, 10);
        expect(turned.high * interval.low).toBeCloseTo(1, 10);
        const scaled = run((pair) => ({ baseline: 8 * pair.baseline, other: 16 * pair.other }));
        expect(scaled.low / interval.low).toBeCloseTo(2, 10);
        expect(interval.low).toBeLessThanOrEqual(interval.high);
      }),
      { numRuns: 50 },
    );
  });

  // Bounds: 4 standard errors (0.7 points at 1,000 runs) about the coverage in the doc comment.
  test.each([
    [6, 0.91, 0.985],
    [10, 0.915, 0.995],
    [20, 0.915, 0.995],
  ])('covers the ratio about as often as it says, n = %d', (n, least, most) => {
    const random = seededRandom(`coverage ${n}`);
    const normal = () => normalQuantile(random.next() || 0.5);
    let covered = 0;
    for (let run = 0; run < 1000; run++) {
      const blocks = Array.from({ length: n }, () => {
        const shared = normal();
        return [
          {
            baseline: Math.exp(0.1 * (shared + normal())),
            other: 2 * Math.exp(0.1 * (shared + normal())),
          },
        ];
      });
      const interval = ratioInterval(blocks, { random, resamples: 400 });
      if (interval && interval.low <= 2 && interval.high >= 2) covered++;
    }
    expect(covered / 1000).toBeGreaterThan(least);
    expect(covered / 1000).toBeLessThan(most);
  });

  test('refuses nothing, blocks of different size, and what has no ratio', () => {
    const random = seededRandom('bad');
    const pair = { baseline: 1, other: 2 };
    expect(() => ratioInterval([], { random })).toThrow(RangeError);
    expect(() => ratioInterval([[]], { random })).toThrow(RangeError);
    expect(() => ratioInterval([[pair], [pair, pair]], { random })).toThrow('got 2 in block 1');
    expect(() => ratioInterval([[{ baseline: NaN, other: 1 }]], { random })).toThrow(RangeError);
    expect(() => ratioInterval([[{ baseline: 1, other: -1 }]], { random })).toThrow(RangeError);
    expect(() => ratioInterval([[pair]], { random, confidence: 1 })).toThrow(RangeError);
    expect(() => ratioInterval([[pair]], { random, resamples: 0 })).toThrow(RangeError);
  });
});
