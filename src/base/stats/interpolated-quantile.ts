/**
 * Quantile `p` (from 0 to 1) of values in ascending order, interpolated linearly between neighbours:
 * type 7 of Hyndman and Fan (1996), the default of R and NumPy. Infinite values are allowed; next to
 * one, the result is infinite.
 */
export function interpolatedQuantile(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) {
    throw new RangeError('interpolatedQuantile: expected at least one value, got none');
  }
  if (!(p >= 0 && p <= 1)) {
    throw new RangeError(`interpolatedQuantile: expected p from 0 to 1, got ${p}`);
  }
  const position = (sorted.length - 1) * p;
  const index = Math.floor(position);
  const left = sorted[index] ?? NaN;
  const right = sorted[index + 1] ?? left;
  const share = position - index;
  if (share === 0 || left === right) return left;
  if (left === -Infinity) return left;
  return left + (right - left) * share;
}
