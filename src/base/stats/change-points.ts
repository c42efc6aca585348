import { expectBetween, expectValues, expectWhole } from './expect-numbers.ts';
import type { Random } from './random.ts';

export interface ChangePointOptions {
  random: Random;
  /** A change is told where chance would do the like in at most this share of cases. Default 0.01. */
  significance?: number;
  /** Default 499. */
  permutations?: number;
  /** Values on each side of a change at least. Default 5. */
  least?: number;
}

/** The series is another from `index` on. */
export interface ChangePoint {
  /** First value after the change. */
  index: number;
  /** Share of permutations that look as changed. */
  p: number;
}

/**
 * Where a series of values changes in distribution, in the order of the series: E-divisive. The segment
 * with the greatest divergence between its two sides is cut there, if permutations of the values inside
 * the segments found so far seldom diverge as much; then again, until none does.
 *
 * D. S. Matteson and N. A. James, "A nonparametric approach for multiple change point analysis of
 * multivariate data", Journal of the American Statistical Association 109 (2014), with α = 1.
 * Throws a RangeError for no values, and for values that are not finite.
 */
export function changePoints(
  values: readonly number[],
  { random, significance = 0.01, permutations = 499, least = 5 }: ChangePointOptions,
): ChangePoint[] {
  expectValues('changePoints', values);
  const wrong = values.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) {
    throw new RangeError(`changePoints: expected finite values, got ${wrong}`);
  }
  expectBetween('changePoints', 'significance', significance, 0, 1);
  expectWhole('changePoints', 'permutations', permutations, 1);
  expectWhole('changePoints', 'least', least, 2);

  const found: ChangePoint[] = [];
  for (;;) {
    const cuts = [0, ...found.map(({ index }) => index).sort((a, b) => a - b), values.length];
    const segments = cuts.slice(1).map((end, index) => values.slice(cuts[index], end));
    const best = greatest(segments, least);
    if (best === undefined) break;
    let asGreat = 0;
    for (let round = 0; round < permutations; round++) {
      const shuffled = segments.map((segment) => random.shuffle(segment));
      if ((greatest(shuffled, least)?.divergence ?? 0) >= best.divergence) asGreat++;
    }
    const p = (asGreat + 1) / (permutations + 1);
    if (p > significance) break;
    found.push({ index: (cuts[best.segment] ?? 0) + best.split, p });
  }
  return found.sort((a, b) => a.index - b.index);
}

interface Cut {
  segment: number;
  split: number;
  divergence: number;
}

function greatest(segments: readonly (readonly number[])[], least: number): Cut | undefined {
  let best: Cut | undefined;
  for (const [segment, values] of segments.entries()) {
    const cut = bestSplit(values, least);
    if (cut !== undefined && cut.divergence > (best?.divergence ?? 0)) best = { segment, ...cut };
  }
  return best;
}

/**
 * The split of a segment with the greatest scaled energy distance m·n/(m+n)·(2·E|X−Y| − E|X−X'| −
 * E|Y−Y'|). The three sums follow from those of the split before by one row of distances.
 */
function bestSplit(
  values: readonly number[],
  least: number,
): { split: number; divergence: number } | undefined {
  const n = values.length;
  if (n < 2 * least) return undefined;
  const distance = (i: number, j: number) =>
    Math.abs((values[i] as number) - (values[j] as number));
  let [left, right, across] = [0, 0, 0];
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) right += distance(i, j);
  let best: { split: number; divergence: number } | undefined;
  for (let moved = 0; moved < n - least; moved++) {
    let [toLeft, toRight] = [0, 0];
    for (let j = 0; j < moved; j++) toLeft += distance(moved, j);
    for (let j = moved + 1; j < n; j++) toRight += distance(moved, j);
    left += toLeft;
    right -= toRight;
    across += toRight - toLeft;
    const [m, rest] = [moved + 1, n - moved - 1];
    if (m < least) continue;
    const energy =
      (2 * across) / (m * rest) - (2 * left) / (m * (m - 1)) - (2 * right) / (rest * (rest - 1));
    const divergence = (energy * m * rest) / n;
    if (divergence > (best?.divergence ?? 0)) best = { split: m, divergence };
  }
  return best;
}
