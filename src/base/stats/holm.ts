import { expectValues } from './expect-numbers.ts';

/**
 * p values adjusted so that the chance of any false positive among them all stays below the level;
 * in the order of the input. Throws a RangeError for no values and values outside 0 to 1.
 *
 * S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
 * Statistics 6 (1979).
 */
export function holm(pValues: readonly number[]): number[] {
  expectValues('holm', pValues);
  const outside = pValues.find((p) => p < 0 || p > 1);
  if (outside !== undefined) {
    throw new RangeError(`holm: expected p values from 0 to 1, got ${outside}`);
  }
  const adjusted = new Array<number>(pValues.length);
  let greatest = 0;
  const ascending = [...pValues.entries()].sort(([, a], [, b]) => a - b);
  for (const [rank, [index, p]] of ascending.entries()) {
    greatest = Math.max(greatest, Math.min(1, p * (pValues.length - rank)));
    adjusted[index] = greatest;
  }
  return adjusted;
}
