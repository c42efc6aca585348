import { verdict as verdictOf } from '../../../base/stats/verdict.ts';
import { fewestTrials } from '../judgement.ts';
import { ratioText, ratioWithInterval, quantity, quantityWithInterval } from '../quantity.ts';
import type { Ratio } from '../ratio.ts';
import type { Dimension } from '../../scenario/claims/dimension.ts';
import type { ClaimResult, ComparisonResult } from './evaluate-claims.ts';

/** How to read verdicts on claims. */
export const claimsLegend =
  'Each claim with the condition that has to hold and what was measured for it; a ratio is left side over right side, averaged over the settings that the condition leaves open, with its 95 % interval. Within the margin of a claim two figures count as equal. Not testable here: whatever the figures are, they say nothing about the claim.';

/** `reproduced`, `not testable here`. */
export function verdictText({ verdict }: Pick<ClaimResult, 'verdict'>): string {
  return verdict === 'not-testable' ? 'not testable here' : verdict;
}

/** What the source says of it, and what of the condition does not stand there. */
export function statusText({ claim }: Pick<ClaimResult, 'claim'>): string {
  return claim.reconstructed === undefined ? claim.status : `${claim.status}, reconstructed`;
}

/**
 * The effect behind a comparison: `ratio 0.59, 0.55–0.63, n = 12`; where one side is a number the figure
 * itself: `83 ms, 79–91, n = 12`.
 */
export function effectText(result: ComparisonResult): string {
  const { sets, blocks } = result;
  const n = sets > 1 ? `n = ${blocks} in each of ${sets} settings` : `n = ${blocks}`;
  return `${figureText(result)}, ${n}`;
}

function figureText({ ratio, comparison }: ComparisonResult): string {
  if (ratio === undefined) return 'no figure';
  const { left, right } = comparison;
  if (right.figures.length === 0) return valueText(scaled(ratio, right.constant), left.dimension);
  if (left.figures.length === 0) {
    return valueText(scaled(inverse(ratio), left.constant), right.dimension);
  }
  const { estimate, interval } = ratio;
  return interval === undefined
    ? `ratio ${ratioText(estimate)}, no interval`
    : `ratio ${ratioWithInterval(estimate, interval.low, interval.high)}`;
}

function valueText({ estimate, interval }: Ratio, dimension: Dimension): string {
  const unit = unitOf(dimension);
  if (interval === undefined) return `${quantity(estimate, unit)}, no interval`;
  const shown = quantityWithInterval(estimate, interval, unit);
  return `${shown.value}, ${shown.interval}`;
}

function unitOf({ s, bytes }: Dimension): string {
  if (s === 0 && bytes === 0) return '';
  if (bytes === 0) return s === 1 ? 's' : s === -1 ? '1/s' : `s^${s}`;
  if (bytes === 1) return s === 0 ? 'B' : s === -1 ? 'B/s' : `B·s^${s}`;
  return `B^${bytes}·s^${s}`;
}

function scaled({ estimate, interval }: Ratio, by: number): Ratio {
  return {
    estimate: estimate * by,
    ...(interval && {
      interval: {
        ...interval,
        estimate: estimate * by,
        low: interval.low * by,
        high: interval.high * by,
      },
    }),
  };
}

function inverse({ estimate, interval }: Ratio): Ratio {
  return {
    estimate: 1 / estimate,
    ...(interval && {
      interval: {
        ...interval,
        estimate: 1 / estimate,
        low: 1 / interval.high,
        high: 1 / interval.low,
      },
    }),
  };
}

/** Why there is no verdict, what would give one, or that a difference is too small; else empty. */
export function openText({ claim, verdict, why, moreTrials, comparisons }: ClaimResult): string {
  if (verdict === 'not-testable') return why.join('; ');
  if (verdict !== 'inconclusive') {
    const small = verdict === 'refuted' && comparisons.some((one) => isTooSmall(one, claim.margin));
    return small ? `the difference lies within ±${Number((100 * claim.margin).toFixed(2))} %` : '';
  }
  if (moreTrials !== undefined) {
    return `about ${moreTrials} more ${moreTrials === 1 ? 'trial' : 'trials'} of each arm would decide`;
  }
  const open = comparisons.filter(({ ratio }) => ratio?.interval === undefined);
  if (open.some(({ blocks }) => blocks >= fewestTrials)) {
    return 'zeros, or trials without a figure, on both sides make no ratio';
  }
  if (open.length > 0) return 'too few trials have a figure';
  const endless = comparisons.some(
    ({ ratio: { interval } = {} }) => interval?.low === 0 || interval?.high === Infinity,
  );
  return endless
    ? 'zeros, or trials without a figure, leave the interval open'
    : 'it would take more than a thousand trials of each arm to decide';
}

function isTooSmall({ operator, outcome, ratio }: ComparisonResult, margin: number): boolean {
  if (outcome !== 'refuted' || ratio?.interval === undefined) return false;
  return /^[<>]$/.test(operator) && verdictOf(ratio.interval, margin) === 'equal';
}
