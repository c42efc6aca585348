import type { Random } from '../../base/stats/random.ts';

/** One trial to be done: which arm, and where in the order. */
export interface PlannedTrial {
  /** From 0; a trial with the same number is the same trial in every run of the same seed. */
  trial: number;
  block: number;
  /** Index of the arm. */
  arm: number;
  /** Number of the trial that it repeats. */
  repeats?: number;
}

/**
 * One interleaved block: every arm once, in random order, so that what drifts meets all arms alike.
 * A block's order depends on the seed and its number alone: a resumed run goes on as planned.
 */
export function blockOrder(arms: number, block: number, random: Random): PlannedTrial[] {
  const order = random
    .fork(`block ${block}`)
    .shuffle(Array.from({ length: arms }, (_, arm) => arm));
  return order.map((arm, position) => ({ trial: block * arms + position, block, arm }));
}
