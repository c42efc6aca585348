import { dominance } from './dominance.ts';
import { normalCdf } from './normal.ts';

export interface MannWhitney {
  /** Pairs in which `other` is greater, ties counted half: R's W of `wilcox.test(other, baseline)`. */
  u: number;
  /** Two-sided. */
  p: number;
  method: 'exact' | 'normal';
}

/**
 * Mann-Whitney test that neither arm tends to give greater values. Exact without ties where both arms
 * have fewer than 50 values (as R does), otherwise by the normal approximation with correction for ties
 * and continuity. Where all values are equal p is 1. Throws a RangeError for no values and NaN; failed
 * trials may be Infinity.
 *
 * H. B. Mann and D. R. Whitney, Annals of Mathematical Statistics 18 (1947).
 */
export function mannWhitney(baseline: ArrayLike<number>, other: ArrayLike<number>): MannWhitney {
  const { greater, equal } = dominance(baseline, other);
  const m = baseline.length;
  const n = other.length;
  const u = greater + equal / 2;
  const ties = tieGroups(baseline, other);
  if (ties.length === 0 && m < 50 && n < 50) return { u, p: exactP(u, m, n), method: 'exact' };

  const total = m + n;
  const tieTerm = ties.reduce((sum, size) => sum + size ** 3 - size, 0) / (total * (total - 1));
  const variance = ((m * n) / 12) * (total + 1 - tieTerm);
  const distance = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5);
  const p = distance === 0 ? 1 : Math.min(1, 2 * normalCdf(-distance / Math.sqrt(variance)));
  return { u, p, method: 'normal' };
}

/** Sizes of the groups of equal values among both arms together, from 2 up. */
function tieGroups(baseline: ArrayLike<number>, other: ArrayLike<number>): number[] {
  const counts = new Map<number, number>();
  for (const values of [baseline, other]) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? NaN;
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  return [...counts.values()].filter((size) => size > 1);
}

function exactP(u: number, m: number, n: number): number {
  const distribution = knownDistribution(m, n);
  // Symmetric, so the smaller tail is the lower one of the nearer end.
  const nearer = Math.min(u, m * n - u);
  let tail = 0;
  for (let i = 0; i <= nearer; i++) tail += distribution[i] ?? 0;
  return Math.min(1, 2 * tail);
}

const distributions = new Map<string, Float64Array>();

/** Kept: arms of one run have about as many trials, and a distribution takes up to 50 ms. */
function knownDistribution(m: number, n: number): Float64Array {
  const key = `${Math.min(m, n)} ${Math.max(m, n)}`;
  let distribution = distributions.get(key);
  if (distribution === undefined) {
    distribution = nullDistribution(m, n);
    distributions.set(key, distribution);
  }
  return distribution;
}

/**
 * P(U = 0 … m·n) without ties: the greatest of all values belongs to the second arm with probability
 * n/(m+n), and is then greater than all m of the first.
 */
function nullDistribution(m: number, n: number): Float64Array {
  let row = Array.from({ length: n + 1 }, () => new Float64Array([1]));
  for (let i = 1; i <= m; i++) {
    const next = [new Float64Array([1])];
    for (let j = 1; j <= n; j++) {
      const current = new Float64Array(i * j + 1);
      const ofFirst = row[j] as Float64Array;
      const ofSecond = next[j - 1] as Float64Array;
      for (const [k, p] of ofFirst.entries()) current[k] = (p * i) / (i + j);
      for (const [k, p] of ofSecond.entries()) {
        current[k + i] = (current[k + i] ?? 0) + (p * j) / (i + j);
      }
      next.push(current);
    }
    row = next;
  }
  return row[n] as Float64Array;
}
