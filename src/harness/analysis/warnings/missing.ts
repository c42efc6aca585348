import { seriesText } from '../series-text.ts';
import { listed } from '../../../base/listed.ts';
import type { WarningKind } from './warning.ts';

/** Completed trials without a figure that others of their arm have. */
export const missing: WarningKind = ({ run, trials, series }) => {
  const completed = new Map<string, number>();
  for (const { arm, state } of trials) {
    if (state !== 'completed') continue;
    const key = JSON.stringify(arm);
    completed.set(key, (completed.get(key) ?? 0) + 1);
  }
  const lacking = series.flatMap((one) => {
    if (one.metric.sometimes === true) return [];
    const count = one.arms.reduce((sum, values, arm) => {
      const have = values.filter(({ outcome }) => outcome === 'completed').length;
      const should = completed.get(JSON.stringify(run.arms[arm])) ?? 0;
      return have === 0 ? sum : sum + should - have;
    }, 0);
    return count > 0 ? [`${seriesText(one).sentence} in ${count}`] : [];
  });
  return lacking.length === 0 ? [] : [`Completed trials without samples of: ${listed(lacking)}.`];
};
