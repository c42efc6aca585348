import { binomialBound } from '../../../base/stats/binomial-bound.ts';
import type { Sentence } from '../answer.ts';
import { percentText } from '../migration/texts.ts';
import { countText } from '../quantity.ts';
import { seriesOf, type SeriesResult } from '../series-result.ts';

/** Makes no ratio: of most arms all values are 0. */
export const lostInConversion = 'p2v.lost-writes';

/** What conversions have lost, all arms together; empty where nobody looked. */
export function lostInConversions(series: readonly SeriesResult[]): Sentence[] {
  const values = (metric: string) =>
    seriesOf({ series }, metric)
      .flatMap(({ arms }) => arms.flat())
      .filter(({ outcome }) => outcome === 'completed')
      .map(({ value }) => value);
  const lost = values(lostInConversion);
  if (lost.length === 0) return [];
  const n = lost.length;
  const losing = lost.filter((value) => value > 0).length;
  const bound = percentText(binomialBound(losing, n));
  const writes = countText(sum(values('p2v.writes')));
  const conversions = `${countText(n)} ${n === 1 ? 'conversion' : 'conversions'}`;
  const text =
    losing === 0
      ? `No acknowledged write was lost in ${conversions} (${writes} writes); that still permits losses in up to ${bound} of conversions (95 % confidence, 1 − 0.05^(1/n)).`
      : `${losing} of ${conversions} lost acknowledged writes (${countText(sum(lost))} of ${writes}); up to ${bound} of conversions may (95 % confidence, exact binomial).`;
  return [{ kind: 'lost-writes', text }];
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
