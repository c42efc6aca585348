import { cliffsDelta } from '../../base/stats/cliffs-delta.ts';
import { holm } from '../../base/stats/holm.ts';
import type { Interval } from '../../base/stats/interval.ts';
import { mannWhitney } from '../../base/stats/mann-whitney.ts';
import { seededRandom } from '../../base/stats/random.ts';
import type { Run } from '../results/schema.ts';
import { incomparable } from './incomparable.ts';
import { type Judgement, judge } from './judgement.ts';
import { blockPairs } from './block-pairs.ts';
import type { Series } from './series.ts';
import { isHeadline } from './series-result.ts';
import { ratioOf } from './ratio.ts';
import { isTimeToRelief } from './sharing/relief.ts';

/** An arm against the baseline arm in one figure. */
export interface Comparison {
  /** Ratio to the baseline; without an interval below 6 common blocks. */
  ratio?: { estimate: number; interval?: Interval };
  /** Blocks in which both arms have a trial. */
  blocks: number;
  /** Mann-Whitney, two-sided; headline figures only. */
  p?: number;
  /** The same, adjusted over all comparisons of headline figures. */
  adjustedP?: number;
  /** Cliff's delta: −1 to 1. */
  delta?: number;
  judgement: Judgement;
}

/** For figures that only stand in the long table, of which there may be hundreds. */
const fewerResamples = 1000;

/** Every arm of every series against the first arm; by index of the series, then of the arm. */
export function compareWithBaseline(
  run: Run,
  series: readonly Series[],
  margin: number,
): (Comparison | undefined)[][] {
  const compared = series.map((one) =>
    one.arms.map((trials, arm) =>
      arm === 0 ||
      one.metric.better === 'neither' ||
      isTimeToRelief(one) ||
      trials.length === 0 ||
      one.arms[0]?.length === 0
        ? undefined
        : compare(run, one, arm, margin),
    ),
  );
  const tested = compared.flat().filter((one) => one?.p !== undefined) as Comparison[];
  if (tested.length > 0) {
    const adjusted = holm(tested.map(({ p = 1 }) => p));
    for (const [index, one] of tested.entries()) one.adjustedP = adjusted[index] ?? 1;
  }
  return compared;
}

function compare(run: Run, series: Series, arm: number, margin: number): Comparison {
  const why = incomparable(run, series, 0, arm);
  if (why !== undefined) return { blocks: 0, judgement: { kind: 'not-comparable', why } };
  const pairs = blockPairs(series, [{ base: 0, other: arm }]);
  const random = seededRandom(run.seed).fork(`${series.id} ${arm}`);
  const ratio = ratioOf(pairs, random, isHeadline(series) ? undefined : fewerResamples);
  const values = (index: number) => (series.arms[index] ?? []).map(({ value }) => value);
  return {
    blocks: pairs.length,
    ...(ratio === undefined ? {} : { ratio }),
    ...(isHeadline(series)
      ? { p: mannWhitney(values(0), values(arm)).p, delta: cliffsDelta(values(0), values(arm)) }
      : {}),
    judgement: judge(ratio, pairs.length, margin),
  };
}
