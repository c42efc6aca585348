import { isHeadline } from '../series-result.ts';
import { seriesText } from '../series-text.ts';
import { listed } from '../../../base/listed.ts';
import type { WarningKind } from './warning.ts';

/** Trials far from the others of their arm. */
export const outliers: WarningKind = ({ series }) => {
  const found = series.filter(isHeadline).flatMap((one) => {
    const trials = one.summaries
      .flatMap((summary) => summary?.outliers ?? [])
      .sort((a, b) => a - b);
    if (trials.length === 0) return [];
    const numbers = listed(trials.map(String));
    return [`${seriesText(one).sentence}: ${trials.length === 1 ? 'trial' : 'trials'} ${numbers}`];
  });
  if (found.length === 0) return [];
  return [`Far from the others of their arm, marked and not dropped: ${found.join('; ')}.`];
};
