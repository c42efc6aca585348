/**
 * The chance of at least `a` hits in `n` trials where as many hits as were seen fall at random on these and
 * `m` others, `b` of which were hits: R. A. Fisher's exact test (1935) of whether the former are hit more
 * often, one-sided. 1 where nothing was hit.
 * @throws RangeError unless 0 ≤ a ≤ n and 0 ≤ b ≤ m, in whole numbers
 */
export function fisherExact(a: number, n: number, b: number, m: number): number {
  for (const [hits, trials] of [
    [a, n],
    [b, m],
  ] as const) {
    if (![hits, trials].every(Number.isInteger) || hits < 0 || hits > trials) {
      throw new RangeError(`fisherExact: expected from 0 to ${trials} hits, got ${hits}`);
    }
  }
  const hits = a + b;
  // Hypergeometric weights, relative to the one that was seen: each from its neighbour.
  const next = (k: number) => ((n - k) * (hits - k)) / ((k + 1) * (m - hits + k + 1));
  const before = (k: number) => (k * (m - hits + k)) / ((n - k + 1) * (hits - k + 1));
  let above = 1;
  for (let k = a, weight = 1; k < Math.min(n, hits); k++) above += weight *= next(k);
  let below = 0;
  for (let k = a, weight = 1; k > Math.max(0, hits - m); k--) below += weight *= before(k);
  return above / (above + below);
}
