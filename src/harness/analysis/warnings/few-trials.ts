import { fewestTrials } from '../judgement.ts';
import { isHeadline } from '../series-result.ts';
import type { WarningKind } from './warning.ts';

/** Too few trials for an interval. */
export const fewTrials: WarningKind = ({ series }) => {
  const counts = series
    .filter(isHeadline)
    .flatMap(({ summaries }) => summaries.flatMap((summary) => summary?.n ?? []))
    .filter((n) => n < fewestTrials);
  if (counts.length === 0) return [];
  const least = Math.min(...counts);
  const trials = `as few as ${least} ${least === 1 ? 'trial' : 'trials'}`;
  return [
    `Some arms have ${trials}: below ${fewestTrials} there is no interval, and nothing is called different or equal.`,
  ];
};
