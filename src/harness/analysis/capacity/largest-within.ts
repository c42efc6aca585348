import type { Limit } from './limit.ts';

/**
 * How many guests keep a limit: along the measured levels, fewest guests first, the point at which the
 * figure first breaks it, interpolated on the log scale between the levels before and after.
 * @param guests ascending
 * @param values the figure at each of them
 * @returns Infinity where no level breaks it, 0 where the first one does; with a failed level (0 or
 *   infinite) behind it, the last level that keeps the limit
 */
export function largestWithin(
  guests: ArrayLike<number>,
  values: ArrayLike<number>,
  { breaks, bound }: Pick<Limit, 'breaks' | 'bound'>,
): number {
  for (let index = 0; index < guests.length; index++) {
    const value = values[index] as number;
    if (breaks === 'above' ? value <= bound : value >= bound) continue;
    if (index === 0) return 0;
    const [from, to] = [guests[index - 1] as number, guests[index] as number];
    const before = Math.log(values[index - 1] as number);
    const share = (Math.log(bound) - before) / (Math.log(value) - before);
    return from + (Number.isFinite(share) ? share : 0) * (to - from);
  }
  return Infinity;
}
