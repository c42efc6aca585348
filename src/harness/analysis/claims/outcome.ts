import type { Interval } from '../../../base/stats/interval.ts';
import { moreTrialsToDecide } from '../../../base/stats/more-trials.ts';
import { verdict } from '../../../base/stats/verdict.ts';
import type { Comparator } from '../../scenario/claims/syntax.ts';

/** What an interval says of a comparison. */
export type Outcome = 'reproduced' | 'refuted' | 'inconclusive';

/**
 * Of the ratio of the left side to the right one, with the margin within which a ratio counts as 1:
 *
 * - `<` and `>` hold where the interval excludes 1 on that side and is not wholly inside the margin;
 *   they fail where it excludes 1 on the other side, or is wholly inside the margin.
 * - `<=` and `>=` (no worse than by the margin) hold where the interval ends before the far end of the
 *   margin, and fail where it begins beyond it.
 * - `=` holds where the interval is wholly inside the margin, and fails where it is wholly outside.
 */
export function outcomeOf(operator: Comparator, interval: Interval, margin: number): Outcome {
  const { low, high } = interval;
  const border = 1 + margin;
  switch (operator) {
    case '<':
    case '>': {
      const kind = verdict(interval, margin);
      if (kind === 'inconclusive') return kind;
      if (kind === 'equal') return 'refuted';
      return high < 1 === (operator === '<') ? 'reproduced' : 'refuted';
    }
    case '<=':
      return high <= border ? 'reproduced' : low > border ? 'refuted' : 'inconclusive';
    case '>=':
      return low >= 1 / border ? 'reproduced' : high < 1 / border ? 'refuted' : 'inconclusive';
    case '=':
      if (verdict(interval, margin) === 'equal') return 'reproduced';
      return low > border || high < 1 / border ? 'refuted' : 'inconclusive';
  }
}

/**
 * How many more trials of each arm would likely decide an inconclusive comparison made from `n`;
 * undefined where that cannot be told (see `moreTrialsToDecide`).
 */
export function moreTrialsFor(
  operator: Comparator,
  interval: Interval,
  n: number,
  margin: number,
): number | undefined {
  const border = 1 + margin;
  const past = (end: number) => moreTrialsToDecide(dividedBy(interval, end), n, 0);
  switch (operator) {
    case '<':
    case '>':
      return moreTrialsToDecide(interval, n, margin);
    case '<=':
      return past(border);
    case '>=':
      return past(1 / border);
    case '=': {
      const { estimate } = interval;
      if (estimate > border) return past(border);
      if (estimate < 1 / border) return past(1 / border);
      const both = [past(border), past(1 / border)];
      return both.includes(undefined) ? undefined : Math.max(...both.map((one) => one ?? 0));
    }
  }
}

function dividedBy({ estimate, low, high, confidence }: Interval, by: number): Interval {
  return { estimate: estimate / by, low: low / by, high: high / by, confidence };
}
