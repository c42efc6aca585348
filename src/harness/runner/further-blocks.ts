import type { Random } from '../../base/stats/random.ts';
import type { PlannedTrial } from './order.ts';

/**
 * Blocks of some arms each, behind all planned ones: in random order, their arms in random order. A trial
 * has the number that it would have in a block of all arms.
 * @param blocks indices of the arms of each
 * @param first number of the first block
 * @param arms how many the run has
 */
export function furtherBlocks(
  blocks: readonly (readonly number[])[],
  first: number,
  arms: number,
  random: Random,
): PlannedTrial[] {
  return random.shuffle([...blocks]).flatMap((own, index) => {
    const block = first + index;
    const order = random.fork(`further block ${block}`).shuffle([...own]);
    return order.map((arm, position) => ({ trial: block * arms + position, block, arm }));
  });
}
