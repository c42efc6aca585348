/**
 * Fairness among those who share something: (Σx)² / (n Σx²), from 1/n where one gets all to 1 where all
 * get the same; k of n with equal parts and the others with nothing give k/n. Does not depend on the
 * unit. Where nobody gets anything it is 1.
 *
 * R. Jain, D. Chiu, W. Hawe: A quantitative measure of fairness and discrimination for resource
 * allocation in shared computer systems, DEC-TR-301, 1984.
 * @throws RangeError for no values, and for negative or infinite ones
 */
export function jainIndex(values: readonly number[]): number {
  const wrong = values.find((value) => !(value >= 0 && value < Infinity));
  if (values.length === 0 || wrong !== undefined) {
    throw new RangeError(
      `jainIndex: expected at least one number from 0, got ${wrong ?? 'none at all'}`,
    );
  }
  const most = values.reduce((a, b) => Math.max(a, b));
  if (most === 0) return 1;
  // Of parts of the largest: squares of large numbers would overflow.
  const parts = values.map((value) => value / most);
  const sum = parts.reduce((a, b) => a + b);
  return sum ** 2 / (parts.length * parts.reduce((a, b) => a + b * b, 0));
}
