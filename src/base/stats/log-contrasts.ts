import { expectWhole } from './expect-numbers.ts';
import { interpolatedQuantile } from './interpolated-quantile.ts';
import { largeSampleMedians } from './large-sample-medians.ts';
import type { Random } from './random.ts';
import { isRatioValue } from './ratio-interval.ts';
import { countedMedian, resampledMedians } from './resampled-medians.ts';
import { sortedArm } from './sorted-arm.ts';

/** A figure of the data, and what it was in each resample. */
export interface Resampled {
  estimate: number;
  /** Empty below 6 blocks. */
  draws: Float64Array;
}

/** From so many blocks on, what resampling would give is drawn from its limit, as for ratios. */
const manyBlocks = 200;
const fewestBlocks = 6;

/**
 * Natural logarithm of the median of each arm, by arm, with a bootstrap of whole blocks: the same
 * blocks are drawn for all arms, so that contrasts between them keep what a block shares.
 * @param blocks one value of each arm in each block, from 0 to Infinity; a trial that failed is
 *   Infinity where less is better, −Infinity where more is
 * @throws RangeError for blocks of different size and values that are negative or NaN
 */
export function logMedians(
  blocks: readonly (readonly number[])[],
  { random, resamples = 2000 }: { random: Random; resamples?: number },
): Resampled[] {
  expectWhole('logMedians', 'resamples', resamples, 1);
  const [first = []] = blocks;
  if (first.length === 0) throw new RangeError('logMedians: expected blocks with at least one arm');
  for (const [index, block] of blocks.entries()) {
    const wrong = block.find((value) => !isRatioValue(value));
    if (block.length === first.length && wrong === undefined) continue;
    throw new RangeError(
      `logMedians: expected ${first.length} values from 0 to Infinity in block ${index}, got ${block.join(', ')}`,
    );
  }
  const n = blocks.length;
  const arms = first.map((_, arm) =>
    sortedArm(Float64Array.from(blocks, (block) => block[arm] as number)),
  );
  const once = new Uint32Array(n).fill(1);
  const draws = arms.map(() => new Float64Array(n < fewestBlocks ? 0 : resamples));
  if (n >= fewestBlocks) {
    const draw = (n < manyBlocks ? resampledMedians : largeSampleMedians)(arms, random);
    const medians = new Float64Array(arms.length);
    for (let resample = 0; resample < resamples; resample++) {
      draw(medians);
      for (const [arm, own] of draws.entries()) own[resample] = Math.log(medians[arm] as number);
    }
  }
  return arms.map((arm, index) => ({
    estimate: Math.log(countedMedian(arm, once)),
    draws: draws[index] as Float64Array,
  }));
}

/**
 * A weighted sum of figures that were resampled together. Weights of 0 leave a figure out, also an
 * infinite one.
 */
export function contrast(figures: readonly Resampled[], weights: readonly number[]): Resampled {
  const used = figures.flatMap((figure, index) => {
    const weight = weights[index] ?? 0;
    return weight === 0 ? [] : [{ ...figure, weight }];
  });
  const count = figures[0]?.draws.length ?? 0;
  return {
    estimate: used.reduce((sum, { estimate, weight }) => sum + weight * estimate, 0),
    draws: Float64Array.from({ length: count }, (_, draw) =>
      used.reduce((sum, { draws, weight }) => sum + weight * (draws[draw] as number), 0),
    ),
  };
}

/** How many times the second figure the first is, in the data and in each resample. */
export function quotient(of: Resampled, by: Resampled): Resampled {
  return {
    estimate: of.estimate / by.estimate,
    draws: of.draws.map((value, draw) => value / (by.draws[draw] as number)),
  };
}

/**
 * Percentile interval of a resampled figure. A resample that says nothing (NaN: infinite medians against
 * each other) counts against both bounds.
 * @returns undefined without resamples
 */
export function percentileBounds(
  { draws }: Resampled,
  confidence = 0.95,
): { low: number; high: number } | undefined {
  if (draws.length === 0) return undefined;
  const alpha = (1 - confidence) / 2;
  const sorted = (replacementOfNaN: number) =>
    draws.map((value) => (Number.isNaN(value) ? replacementOfNaN : value)).sort();
  return {
    low: interpolatedQuantile(sorted(-Infinity), alpha),
    high: interpolatedQuantile(sorted(Infinity), 1 - alpha),
  };
}
