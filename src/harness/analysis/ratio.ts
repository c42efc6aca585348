import { median } from 'simple-statistics';
import type { Interval } from '../../base/stats/interval.ts';
import type { Random } from '../../base/stats/random.ts';
import { type MatchedPair, ratioInterval } from '../../base/stats/ratio-interval.ts';
import { fewestTrials } from './judgement.ts';

/** How many times the baseline, with an interval where there are enough blocks for one. */
export interface Ratio {
  estimate: number;
  interval?: Interval;
}

/** Undefined where no ratio exists: no common block, or only zeros. */
export function ratioOf(
  blocks: readonly (readonly MatchedPair[])[],
  random: Random,
  resamples?: number,
): Ratio | undefined {
  if (blocks.length === 0) return undefined;
  const interval = ratioInterval(blocks, {
    random,
    ...(resamples === undefined ? {} : { resamples }),
  });
  if (interval !== undefined) return { estimate: interval.estimate, interval };
  // With enough blocks for an interval there is none because zeros, or failures, stand on both sides.
  if (blocks.length >= fewestTrials) return undefined;
  const logs = (blocks[0] ?? []).map((_, pair) => {
    const side = (name: keyof MatchedPair) =>
      Math.max(0, median(blocks.map((block) => block[pair]?.[name] ?? NaN)));
    return Math.log(side('other') / side('baseline'));
  });
  const estimate = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
  return Number.isNaN(estimate) ? undefined : { estimate };
}
