import type { Random } from '../../../base/stats/random.ts';
import { interpolatedQuantile } from '../../../base/stats/interpolated-quantile.ts';
import { resampledMedians } from '../../../base/stats/resampled-medians.ts';
import { sortedArm } from '../../../base/stats/sorted-arm.ts';
import type { Figure, Line } from './figures.ts';

/** The median of a figure: that of its trials, or that of a resample. */
export type MedianOf = (figure: Figure) => number;

export const medianOfTrials: MedianOf = ({ median }) => median;

/** Fewer blocks give no interval. */
export const fewestBlocks = 6;

/** Blocks in which every figure of these lines has a trial. */
export function completeBlocks(lines: readonly Line[]): number[] {
  const [first, ...others] = figuresOf(lines);
  if (first === undefined) return [];
  return [...first.byBlock.keys()].filter((block) =>
    others.every(({ byBlock }) => byBlock.has(block)),
  );
}

/**
 * Calls `take` once for each resample of whole interleaved blocks, so that what a block shares stays
 * shared by all figures of all lines. Not at all below 6 complete blocks.
 */
export function resample(
  lines: readonly Line[],
  random: Random,
  count: number,
  take: (medianOf: MedianOf) => void,
): void {
  const blocks = completeBlocks(lines);
  if (blocks.length < fewestBlocks) return;
  const figures = figuresOf(lines);
  const arms = figures.map(({ byBlock }) =>
    sortedArm(Float64Array.from(blocks, (block) => byBlock.get(block) ?? NaN)),
  );
  const draw = resampledMedians(arms, random);
  const place = new Map(figures.map((figure, index) => [figure, index]));
  const medians = new Float64Array(figures.length);
  for (let round = 0; round < count; round++) {
    draw(medians);
    take((figure) => medians[place.get(figure) ?? -1] ?? NaN);
  }
}

function figuresOf(lines: readonly Line[]): Figure[] {
  return lines.flatMap(({ levels }) =>
    levels.flatMap(({ throughput, limited }) => [throughput, ...limited.values()]),
  );
}

/** Percentile interval at 95 %; NaN, a resample without the figure, counts against both bounds. */
export function percentileInterval(
  draws: readonly number[],
): { low: number; high: number } | undefined {
  if (draws.length === 0) return undefined;
  const bound = (missing: number, p: number) => {
    const values = Float64Array.from(draws, (value) => (Number.isNaN(value) ? missing : value));
    return interpolatedQuantile(values.sort(), p);
  };
  return { low: bound(-Infinity, 0.025), high: bound(Infinity, 0.975) };
}
