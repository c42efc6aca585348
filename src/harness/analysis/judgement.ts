import { moreTrialsToDecide } from '../../base/stats/more-trials.ts';
import { verdict } from '../../base/stats/verdict.ts';
import type { Ratio } from './ratio.ts';

/** What can be said of a ratio to the baseline; "not shown to differ" is never "equal". */
export type Judgement =
  | { kind: 'different' }
  | { kind: 'equal' }
  /** `moreTrials` of each arm would decide, at a guess; absent where that cannot be told. */
  | { kind: 'inconclusive'; moreTrials?: number }
  | { kind: 'not-comparable'; why: string };

/** Trials of each arm below which there is no interval. */
export const fewestTrials = 6;

/** @param blocks - trials of each arm that the ratio was made from */
export function judge(ratio: Ratio | undefined, blocks: number, margin: number): Judgement {
  if (blocks < fewestTrials) return { kind: 'inconclusive', moreTrials: fewestTrials - blocks };
  if (ratio?.interval === undefined) return { kind: 'inconclusive' };
  const kind = verdict(ratio.interval, margin);
  if (kind !== 'inconclusive') return { kind };
  const moreTrials = moreTrialsToDecide(ratio.interval, blocks, margin);
  return { kind, ...(moreTrials === undefined ? {} : { moreTrials }) };
}
