import { expectBetween, expectWhole } from './expect-numbers.ts';
import type { Interval } from './interval.ts';
import { normalQuantile } from './normal.ts';
import { verdict } from './verdict.ts';

export interface MoreTrialsOptions {
  /** Chance that the verdict then falls, if the true ratio is the estimate. Default 0.8. */
  power?: number;
  /** More trials than this in all are no answer. Default 1000. */
  most?: number;
}

/**
 * How many more trials would likely turn the inconclusive interval of a ratio from `n` trials into
 * `different` or `equal` (see `verdict`), whichever comes first; 0 where it is decided already. undefined
 * where that would take more than `most` trials in all: the estimate is too near the border, or the
 * interval is infinite.
 *
 * On the log scale the half width shrinks with 1/√n (Student, 1908), and the estimate scatters by as much. The
 * verdict falls with the chance `power` once the distance to the border that matters (1 for
 * `different`, both ends of the margin for `equal`) is (1 + z_power/z_confidence) half widths: the usual
 * sample size (z_α + z_β)²·σ²/δ².
 * Throws a RangeError where `verdict` does, and for n below 1.
 */
export function moreTrialsToDecide(
  interval: Interval,
  n: number,
  margin: number,
  { power = 0.8, most = 1000 }: MoreTrialsOptions = {},
): number | undefined {
  expectWhole('moreTrialsToDecide', 'n', n, 1);
  expectBetween('moreTrialsToDecide', 'power', power, 0, 1);
  expectBetween('moreTrialsToDecide', 'confidence', interval.confidence, 0, 1);
  if (verdict(interval, margin) !== 'inconclusive') return 0;

  const centre = Math.log(interval.estimate);
  const below = centre - Math.log(interval.low);
  const above = Math.log(interval.high) - centre;
  if (!Number.isFinite(below) || !Number.isFinite(above)) return undefined;

  const border = Math.log1p(margin);
  const different = centre === 0 ? 0 : Math.abs(centre) / (centre > 0 ? below : above);
  const equal = Math.min((border + centre) / below, (border - centre) / above);
  /** Factor by which the interval must shrink. */
  const shrinkage =
    Math.max(different, equal) /
    (1 + normalQuantile(power) / normalQuantile((1 + interval.confidence) / 2));
  if (!(shrinkage > 0)) return undefined;
  const total = Math.max(n + 1, Math.ceil(n / shrinkage ** 2));
  return total > most ? undefined : total - n;
}
