import { expectBetween, expectWhole } from './expect-numbers.ts';
import { interpolatedQuantile } from './interpolated-quantile.ts';
import type { Interval } from './interval.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import type { Random } from './random.ts';

export interface BcaOptions {
  /** Where the resamples come from: drawn here, or given as lists of indices into the items. */
  resamples: { random: Random; count?: number } | readonly ArrayLike<number>[];
  /** Default 0.95. */
  confidence?: number;
}

const defaultCount = 2000;

/**
 * A statistic with its bias-corrected and accelerated (BCa) bootstrap interval, the acceleration by
 * jackknife. For smooth statistics (means, their ratios, standard deviations), not for medians. An item
 * is what varies independently: a number, or a whole block.
 *
 * undefined where the interval does not exist: fewer than 2 items, or all resamples on one side of the
 * estimate. Throws a RangeError for no items and where the statistic is not finite.
 *
 * B. Efron, "Better bootstrap confidence intervals", Journal of the American Statistical Association 82
 * (1987); ties and quantiles as in `scipy.stats.bootstrap`.
 */
export function bcaInterval<T>(
  items: readonly T[],
  statistic: (sample: readonly T[]) => number,
  { resamples, confidence = 0.95 }: BcaOptions,
): Interval | undefined {
  expectBetween('bcaInterval', 'confidence', confidence, 0, 1);
  const n = items.length;
  if (n === 0) throw new RangeError('bcaInterval: expected at least one item, got none');
  const evaluate = (sample: readonly T[]): number => {
    const value = statistic(sample);
    if (!Number.isFinite(value)) {
      throw new RangeError(`bcaInterval: expected a finite statistic, got ${value}`);
    }
    return value;
  };

  const estimate = evaluate(items);
  if (n < 2) return undefined;
  const distribution = resample(items, evaluate, resamples).sort();
  const first = distribution[0] ?? NaN;
  const last = distribution.at(-1) ?? NaN;
  if (first === last && first === estimate) {
    return { estimate, low: estimate, high: estimate, confidence };
  }

  const shareBelow =
    distribution.reduce((sum, x) => sum + (x < estimate ? 1 : x === estimate ? 0.5 : 0), 0) /
    distribution.length;
  if (shareBelow === 0 || shareBelow === 1) return undefined;
  const bias = normalQuantile(shareBelow);
  const acceleration = jackknifeAcceleration(items, evaluate);
  const bound = (p: number): number => {
    const shifted = bias + normalQuantile(p);
    const adjusted = normalCdf(bias + shifted / (1 - acceleration * shifted));
    return interpolatedQuantile(distribution, adjusted);
  };
  return {
    estimate,
    low: bound((1 - confidence) / 2),
    high: bound((1 + confidence) / 2),
    confidence,
  };
}

function resample<T>(
  items: readonly T[],
  evaluate: (sample: readonly T[]) => number,
  resamples: BcaOptions['resamples'],
): Float64Array {
  const n = items.length;
  const sample = [...items];
  if ('random' in resamples) {
    const { random, count = defaultCount } = resamples;
    expectWhole('bcaInterval', 'count', count, 1);
    return new Float64Array(count).map(() => {
      for (let i = 0; i < n; i++) sample[i] = items[random.integer(n)] as T;
      return evaluate(sample);
    });
  }
  if (resamples.length === 0) {
    throw new RangeError('bcaInterval: expected at least one resample, got none');
  }
  return Float64Array.from(resamples, (indices, r) => {
    if (indices.length !== n) {
      throw new RangeError(
        `bcaInterval: expected ${n} indices in each resample, got ${indices.length} in resample ${r}`,
      );
    }
    for (let i = 0; i < n; i++) {
      const index = indices[i] as number;
      // Whole and not negative in one comparison: this runs a hundred thousand times.
      if (index >>> 0 !== index || index >= n) {
        throw new RangeError(
          `bcaInterval: expected indices from 0 to ${n - 1}, got ${index} in resample ${r}`,
        );
      }
      sample[i] = items[index] as T;
    }
    return evaluate(sample);
  });
}

/** Σd³ / (6·(Σd²)^1.5), where d is how far leaving one item out pulls the statistic down. */
function jackknifeAcceleration<T>(
  items: readonly T[],
  evaluate: (sample: readonly T[]) => number,
): number {
  const left = items.map((_, out) => evaluate(items.filter((_, index) => index !== out)));
  const mean = left.reduce((sum, value) => sum + value, 0) / left.length;
  let squares = 0;
  let cubes = 0;
  for (const value of left) {
    const d = mean - value;
    squares += d * d;
    cubes += d * d * d;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}
