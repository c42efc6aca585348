import { expectBetween } from './expect-numbers.ts';
import { normalQuantile } from './normal.ts';

/**
 * Quantile of Student's t distribution: the value below which it lies with probability `p` (0 < p < 1),
 * with `degrees` of freedom (1 or more; Infinity: the normal distribution). Relative error below 1e-9.
 * Throws a RangeError for other arguments.
 *
 * Bisection of the distribution function, which is an incomplete beta function (M. Abramowitz and I. A.
 * Stegun, "Handbook of Mathematical Functions", 26.7.1).
 */
export function studentQuantile(p: number, degrees: number): number {
  expectBetween('studentQuantile', 'p', p, 0, 1);
  if (!(degrees >= 1)) {
    throw new RangeError(`studentQuantile: expected at least 1 degree of freedom, got ${degrees}`);
  }
  if (p === 0.5) return 0;
  if (degrees > 1e7) return normalQuantile(p);
  const tail = Math.min(p, 1 - p);
  let [low, high] = [0, 1];
  while (upperTail(high, degrees) > tail) [low, high] = [high, 2 * high];
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (upperTail(middle, degrees) > tail) low = middle;
    else high = middle;
  }
  return p < 0.5 ? -high : high;
}

/** P(T > t) for t ≥ 0. */
function upperTail(t: number, degrees: number): number {
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
}

/** Regularized, by its continued fraction (W. H. Press et al., "Numerical Recipes", 6.4). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  );
  return x < (a + 1) / (a + b + 2)
    ? (front * fraction(x, a, b)) / a
    : 1 - (front * fraction(1 - x, b, a)) / b;
}

function fraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const bounded = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / bounded(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / bounded(1 + even * d);
    c = bounded(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / bounded(1 + odd * d);
    c = bounded(1 + odd / c);
    const step = d * c;
    result *= step;
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return result;
}

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
];

/** C. Lanczos, SIAM Journal on Numerical Analysis 1 (1964), g = 7. */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  const sum = lanczos.reduce((so, weight, i) => (i === 0 ? weight : so + weight / (z + i)), 0);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}
