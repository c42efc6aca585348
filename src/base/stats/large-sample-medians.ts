import { normalQuantile } from './normal.ts';
import type { Random } from './random.ts';
import type { DrawMedians } from './resampled-medians.ts';
import type { SortedArm } from './sorted-arm.ts';

/**
 * What `resampledMedians` draws, for many blocks (200 and more) at a cost that does not grow with their
 * number. In a resample of n blocks the number below an arm's middle is binomial, with standard
 * deviation √n/2; in the limit the resampled median is the value at rank n/2 + Z·√n/2 with Z normal (R. R.
 * Bahadur, "A note on quantiles in large samples", The Annals of Mathematical Statistics 37, 1966). The Z of
 * two arms are as correlated as are, over the blocks, the sides of the middle on which they lie: what
 * blocks share stays shared.
 *
 * Measured coverage of `ratioInterval` with it at 95 %, for one pair and for three (500 resamples each;
 * normal, block-correlated, skewed and heavy-tailed values): 95–97 % at n = 200 (1,500 runs), 93–97 % at
 * n = 1000 (500 runs); coarsely rounded values 100 %, as block by block just below the threshold.
 */
export function largeSampleMedians(arms: readonly SortedArm[], random: Random): DrawMedians {
  const n = arms[0]?.blocks.length ?? 0;
  const factor = choleskyFactor(correlations(arms.map(sides)));
  const independent = new Float64Array(arms.length);
  const middle = (n - 1) / 2;
  const deviation = Math.sqrt(n) / 2;
  return (medians) => {
    // Uniform in [0, 1): half a step up keeps 0 out.
    for (let i = 0; i < arms.length; i++) {
      independent[i] = normalQuantile(random.next() + 2 ** -54);
    }
    for (const [index, arm] of arms.entries()) {
      let z = 0;
      for (const [j, weight] of (factor[index] ?? []).entries()) {
        z += weight * (independent[j] as number);
      }
      medians[index] = valueAt(arm.values, middle + z * deviation);
    }
  };
}

/** For each block 1 above the arm's middle, −1 below, 0 at it. */
function sides({ blocks }: SortedArm): Int8Array {
  const middle = (blocks.length - 1) / 2;
  const side = new Int8Array(blocks.length);
  for (const [rank, block] of blocks.entries()) side[block] = Math.sign(rank - middle);
  return side;
}

function correlations(arms: readonly Int8Array[]): number[][] {
  return arms.map((a) =>
    arms.map((b) => {
      let sum = 0;
      for (const [block, side] of a.entries()) sum += side * (b[block] as number);
      return sum / (a.length - (a.length % 2));
    }),
  );
}

/** The lower triangle L with L·Lᵀ = matrix; arms that follow from earlier ones add nothing of their own. */
function choleskyFactor(matrix: readonly (readonly number[])[]): number[][] {
  const factor: number[][] = [];
  for (const [i, row] of matrix.entries()) {
    const line: number[] = [];
    for (let j = 0; j <= i; j++) {
      const known = (factor[j] ?? line).slice(0, j);
      const left = (row[j] ?? 0) - known.reduce((sum, x, k) => sum + x * (line[k] ?? 0), 0);
      const pivot = factor[j]?.[j];
      if (pivot === undefined) line.push(left > 1e-9 ? Math.sqrt(left) : 0);
      else line.push(pivot === 0 ? 0 : left / pivot);
    }
    factor.push(line);
  }
  return factor;
}

/** Interpolated between neighbours; a failed trial, ±Infinity, leaves nothing to average. */
function valueAt(values: Float64Array, position: number): number {
  const last = values.length - 1;
  const index = Math.min(last, Math.max(0, Math.floor(position)));
  const lower = values[index] as number;
  const upper = values[Math.min(last, index + 1)] as number;
  const share = Math.min(1, Math.max(0, position - index));
  if (lower === -Infinity) return 0;
  if (lower === upper || share === 0) return lower;
  return lower + (upper - lower) * share;
}
