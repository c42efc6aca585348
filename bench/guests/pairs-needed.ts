import { trialsNeeded } from '../../src/base/stats/trials-needed.ts';
import type { Pair } from '../figures/pairs.ts';

/** Pairs from which the number of pairs is fixed. */
export const pilotPairs = 8;

/** Half width of the ratio's interval that is aimed at: half of what the goal allows. */
const halfWidth = 0.015;
/** Seconds. */
const longest = 30 * 60;

/**
 * How many pairs, the pilot's included, give the ratio an interval that is narrow enough; fixed
 * before the rest is measured, so that nobody stops when it looks good. At least the pilot, at most
 * what half an hour allows.
 * @param eachTakes seconds that a pair takes
 */
export function pairsNeeded(pilot: readonly Pair[], eachTakes: number): number {
  const affordable = Math.floor(longest / eachTakes);
  const needed = trialsNeeded(
    pilot.map(({ ours, other }) => ours / other),
    { relativeHalfWidth: halfWidth },
  );
  return Math.max(pilot.length, Math.min(affordable, needed ?? affordable));
}
