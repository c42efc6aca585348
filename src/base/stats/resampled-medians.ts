import type { Random } from './random.ts';
import type { SortedArm } from './sorted-arm.ts';

/** Fills in the median of each arm in one more resample of whole blocks: 0 where it is a failed trial's −Infinity. */
export type DrawMedians = (medians: Float64Array) => void;

/** Draws blocks one by one, the same for all arms, and counts up to the middle of each. */
export function resampledMedians(arms: readonly SortedArm[], random: Random): DrawMedians {
  const n = arms[0]?.blocks.length ?? 0;
  const timesDrawn = new Uint32Array(n);
  return (medians) => {
    timesDrawn.fill(0);
    for (let i = 0; i < n; i++) {
      const block = random.integer(n);
      timesDrawn[block] = (timesDrawn[block] ?? 0) + 1;
    }
    for (const [index, arm] of arms.entries()) medians[index] = countedMedian(arm, timesDrawn);
  };
}

/** The values are sorted once; a resample's median is then found by counting up to its middle. */
export function countedMedian({ values, blocks }: SortedArm, timesDrawn: Uint32Array): number {
  const half = blocks.length / 2;
  let counted = 0;
  let index = -1;
  while (counted < half) counted += timesDrawn[blocks[++index] as number] as number;
  const lower = values[index] as number;
  if (counted > half) return Math.max(0, lower);
  while (timesDrawn[blocks[++index] as number] === 0);
  return Math.max(0, (lower + (values[index] as number)) / 2);
}
