import { mean, sampleStandardDeviation } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { bcaInterval } from './bca.ts';
import { seededRandom } from './random.ts';

// Multiples of 1/8, so that sums are exact and ties with the estimate are ties on both sides.
const data = [2.25, 3.125, 0.875, 4.75, 2.5, 7.5, 1.375, 3.375, 2.875, 5.625, 1.125, 12.5];

/** x ← (1664525·x + 1013904223) mod 2³²; index = ⌊x·n / 2³²⌋. The same three lines make SciPy's. */
function fixedIndices(n: number, count: number, seed: number): number[][] {
  let x = BigInt(seed);
  const next = (): number => {
    x = (1664525n * x + 1013904223n) % 2n ** 32n;
    return Number((x * BigInt(n)) >> 32n);
  };
  return Array.from({ length: count }, () => Array.from({ length: n }, next));
}

const average = (sample: readonly number[]): number => mean([...sample]);
const deviation = (sample: readonly number[]): number => sampleStandardDeviation([...sample]);

describe('bcaInterval', () => {
  // SciPy 1.17.1: scipy.stats.bootstrap((data,), statistic, n_resamples=0, confidence_level=c,
  // method='BCa', vectorized=True, bootstrap_result=SimpleNamespace(bootstrap_distribution=
  // statistic(data[indices], axis=-1))) with indices from the generator above, seed 2026;
  // statistics: np.mean, np.std(ddof=1), log of np.mean.
  test.each([
    ['mean', average, 0.95, 3.9895833333333335, 2.625, 6.525045717918166],
    ['mean', average, 0.9, 3.9895833333333335, 2.75, 6.1408500283096],
    ['sd', deviation, 0.95, 3.30781544110675, 1.6377558696685228, 5.176347909931094],
    ['sd', deviation, 0.9, 3.30781544110675, 1.7810564521848102, 4.984950991429635],
    [
      'log of mean',
      (sample: readonly number[]) => Math.log(average(sample)),
      0.95,
      1.3836867977128098,
      0.9690412972596839,
      1.891941244561773,
    ],
  ])('%s as SciPy on the same resamples', (_, statistic, confidence, estimate, low, high) => {
    const interval = bcaInterval(data, statistic, {
      resamples: fixedIndices(12, 999, 2026),
      confidence,
    });
    expect(interval?.estimate).toBeCloseTo(estimate, 12);
    expect(interval?.low).toBeCloseTo(low, 9);
    expect(interval?.high).toBeCloseTo(high, 9);
    expect(interval?.confidence).toBe(confidence);
  });

  test('draws its own resamples, the same for the same seed', () => {
    const run = (seed: string) =>
      bcaInterval(data, average, { resamples: { random: seededRandom(seed), count: 500 } });
    expect(run('a')).toEqual(run('a'));
    expect(run('a')).not.toEqual(run('b'));
    expect(run('a')?.low).toBeGreaterThan(2.2);
    expect(run('a')?.high).toBeLessThan(7.5);
  });

  test('items may be whole blocks', () => {
    const blocks = data.map((value, i) => ({ baseline: value, other: 2 * value + (i % 2) * 0.1 }));
    const ratioOfMeans = (sample: typeof blocks | readonly (typeof blocks)[number][]): number =>
      average(sample.map((b) => b.other)) / average(sample.map((b) => b.baseline));
    const interval = bcaInterval(blocks, ratioOfMeans, {
      resamples: { random: seededRandom('blocks') },
    });
    expect(interval?.low).toBeGreaterThan(2);
    expect(interval?.high).toBeLessThan(2.05);
  });

  test('values without spread have an interval without width', () => {
    const options = { resamples: { random: seededRandom('same'), count: 50 } };
    expect(bcaInterval([5, 5, 5, 5], average, options)).toEqual({
      estimate: 5,
      low: 5,
      high: 5,
      confidence: 0.95,
    });
  });

  test('no interval from one item, or where no resample reaches the estimate', () => {
    expect(bcaInterval([5], average, { resamples: [[0]] })).toBeUndefined();
    expect(bcaInterval([1, 2, 3], average, { resamples: [[0, 0, 0]] })).toBeUndefined();
  });

  test('refuses nothing, wrong indices and a statistic that is not finite', () => {
    const random = seededRandom('x');
    expect(() => bcaInterval([], average, { resamples: { random } })).toThrow(RangeError);
    expect(() => bcaInterval([1, 2], average, { resamples: [] })).toThrow(RangeError);
    expect(() => bcaInterval([1, 2], average, { resamples: [[0]] })).toThrow('got 1 in resample 0');
    expect(() => bcaInterval([1, 2], average, { resamples: [[0, 2]] })).toThrow('from 0 to 1');
    expect(() => bcaInterval([1, NaN], average, { resamples: { random } })).toThrow('got NaN');
    expect(() => bcaInterval([0, 1], (xs) => 1 / (xs[0] ?? 0), { resamples: [[1, 1]] })).toThrow(
      'got Infinity',
    );
  });
});
