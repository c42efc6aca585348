import { binomialBound } from '../../../base/stats/binomial-bound.ts';
import type { Run } from '../../results/schema.ts';
import { capital, figureText, type Sentence } from '../answer.ts';
import { armPhrase } from '../arms.ts';
import { percentText } from '../migration/texts.ts';
import type { Series } from '../series.ts';
import { seriesOf, type SeriesResult } from '../series-result.ts';

const reliefMetric = 'sharing.relief';

/** Where nothing relieves there is no time to relief: those that have one make no ratio for all. */
export function isTimeToRelief({ key }: Pick<Series, 'key'>): boolean {
  return key.metric === reliefMetric;
}

/** In how many overloads relief came, and when, arm by arm; empty where nothing was overloaded. */
export function reliefSentences(run: Run, series: readonly SeriesResult[]): Sentence[] {
  const [relieved] = seriesOf({ series }, 'sharing.relieved');
  const [relief] = seriesOf({ series }, reliefMetric);
  const goodput = seriesOf({ series }, 'sharing.goodput').find(({ key }) => key.phase === 'during');
  if (relieved === undefined) return [];
  const told = run.arms.flatMap((levels, arm) => {
    const trials = (relieved.arms[arm] ?? []).filter(({ outcome }) => outcome === 'completed');
    if (trials.length === 0) return [];
    const n = trials.length;
    const count = trials.filter(({ value }) => value > 0).length;
    const where = armPhrase(levels);
    // The exact bound on the side that the count leaves open.
    const bound =
      count === 0
        ? `up to ${percentText(binomialBound(0, n))} may be`
        : `at least ${percentText(1 - binomialBound(n - count, n))}`;
    const when = relief?.summaries[arm];
    const after =
      count === 0 || relief === undefined || when === undefined
        ? ''
        : `, after ${figureText(relief, when)}`;
    const served = goodput?.summaries[arm];
    const meanwhile =
      goodput === undefined || served === undefined
        ? ''
        : `; goodput in the overload ${figureText(goodput, served)}`;
    const how = `relieved in ${count} of ${n} overloads (${bound}, 95 % confidence)${after}${meanwhile}`;
    return [{ count, text: capital(where === '' ? `${how}.` : `${where}: ${how}.`) }];
  });
  return told
    .sort((a, b) => b.count - a.count)
    .map(({ text }): Sentence => ({ kind: 'measured', text }));
}
