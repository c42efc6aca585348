import type { Interval } from '../../../base/stats/interval.ts';
import { verdict } from '../../../base/stats/verdict.ts';
import type { Metric } from '../../results/schema.ts';

export type GateVerdict =
  | 'regression'
  | 'improvement'
  /** It is shown that it is not worse by more than the margin. */
  | 'no-regression'
  | 'inconclusive'
  | 'not-comparable';

/**
 * What the interval of the ratio of now to before says. A regression or an improvement excludes 1 and
 * reaches past the margin, as differences do in reports. Else it is shown that nothing got worse where the
 * worse end of the interval lies within the margin; that is more than not having seen it.
 */
export function gateVerdict(
  { low, high }: Pick<Interval, 'low' | 'high'>,
  better: Metric['better'],
  margin: number,
): GateVerdict {
  const [best, worst] = better === 'higher' ? [1 / high, 1 / low] : [low, high];
  if (verdict({ low: best, high: worst }, margin) === 'different') {
    return best > 1 ? 'regression' : 'improvement';
  }
  return worst <= 1 + margin ? 'no-regression' : 'inconclusive';
}
