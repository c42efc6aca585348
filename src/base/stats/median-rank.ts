import { expectBetween, expectWhole } from './expect-numbers.ts';

export interface MedianRank {
  rank: number;
  confidence: number;
  inward: number;
}

/**
 * Ranks of the order statistics that bound the median of `n` values: the interval from the `rank`-th
 * smallest to the `rank`-th largest value (counted from 1) holds the median of the distribution with
 * probability `confidence` ≥ the wanted one. The rank is the greatest that does, the interval the
 * narrowest. undefined where even smallest to largest falls short (at 95 %: below 6 values).
 *
 * With `inward` of the way to the next rank the interval holds the median about as often as wanted: the
 * interpolation of T. P. Hettmansperger and S. J. Sheather, "Confidence intervals based on interpolated
 * order statistics" (1986), which is exact for the double exponential distribution and near it for others.
 * Between 0 and 1; 0 where there is no interval further in.
 *
 * The number of values below the median is binomial(n, ½), whatever the distribution, so the coverage is
 * 1 − 2·P(B < rank): H. A. David and H. N. Nagaraja, "Order Statistics", 3rd edition, 7.1.
 */
export function medianRank(n: number, confidence: number): MedianRank | undefined {
  expectWhole('medianRank', 'n', n, 1);
  expectBetween('medianRank', 'confidence', confidence, 0, 1);

  // Binomial weights relative to the central one, outwards until they no longer count: 2⁻ⁿ itself
  // would underflow for n > 1074.
  const centre = Math.floor(n / 2);
  const weights = [1];
  for (let j = centre; j > 0; j--) {
    const weight = ((weights.at(-1) ?? 0) * j) / (n - j + 1);
    if (weight < 1e-30) break;
    weights.push(weight);
  }
  const half = weights.reduceRight((sum, weight) => sum + weight, 0);
  const total = n % 2 === 1 ? 2 * half : 2 * half - 1;

  let best: MedianRank | undefined;
  let below = 0;
  for (let offset = weights.length - 1; offset >= 0; offset--) {
    below += weights[offset] ?? 0;
    const reached = 1 - (2 * below) / total;
    if (reached < confidence - 1e-13) {
      return best && { ...best, inward: inwardShare(n, best, reached, confidence) };
    }
    best = { rank: centre - offset + 1, confidence: reached, inward: 0 };
  }
  return best;
}

/** @param next what the interval one rank further in holds */
function inwardShare(n: number, { rank, ...outer }: MedianRank, next: number, wanted: number) {
  if (2 * rank >= n) return 0;
  const share = Math.max(0, outer.confidence - wanted) / (outer.confidence - next);
  return ((n - rank) * share) / (rank + (n - 2 * rank) * share);
}
