/**
 * The largest share of a population with a property that is still compatible with having seen it in
 * `hits` of `n` independent trials: the upper end of the one-sided exact interval of Clopper and
 * Pearson (1934). Without hits it is 1 − (1 − confidence)^(1/n): 0 of 20 still permits 14 %.
 * @throws RangeError if `n` is no positive count or `hits` not from 0 to `n`
 */
export function binomialBound(hits: number, n: number, confidence = 0.95): number {
  if (!Number.isInteger(n) || n < 1) {
    throw new RangeError(`binomialBound: expected at least one trial, got ${n}`);
  }
  if (!Number.isInteger(hits) || hits < 0 || hits > n) {
    throw new RangeError(`binomialBound: expected from 0 to ${n} hits, got ${hits}`);
  }
  const rest = 1 - confidence;
  if (hits === n) return 1;
  if (hits === 0) return 1 - rest ** (1 / n);
  let [low, high] = [hits / n, 1];
  while (high - low > 1e-12) {
    const share = (low + high) / 2;
    if (atMost(hits, n, share) > rest) low = share;
    else high = share;
  }
  return (low + high) / 2;
}

/** Probability of at most `hits` in `n` trials. */
function atMost(hits: number, n: number, share: number): number {
  let sum = 0;
  let logTerm = n * Math.log1p(-share);
  for (let count = 0; count <= hits; count++) {
    sum += Math.exp(logTerm);
    logTerm += Math.log(((n - count) / (count + 1)) * (share / (1 - share)));
  }
  return sum;
}
