import type { Judgement } from '../../analysis/judgement.ts';
import type { Cell } from './csv.ts';

export const judgementHeader = ['verdict', 'more_trials', 'why'];

/** The cells under `judgementHeader`. */
export function judgementCells(judgement: Judgement): Cell[] {
  const moreTrials = judgement.kind === 'inconclusive' ? judgement.moreTrials : undefined;
  const why = judgement.kind === 'not-comparable' ? judgement.why : undefined;
  return [judgement.kind, moreTrials, why];
}
