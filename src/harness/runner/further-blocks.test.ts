import { expect, it } from 'vitest';
import { seededRandom } from '../../base/stats/random.ts';
import { furtherBlocks } from './further-blocks.ts';

it('numbers trials behind all others, each once, with the arms of their block', () => {
  const plans = furtherBlocks([[0, 1], [2], [0, 1]], 6, 3, seededRandom('a'));
  expect(plans).toHaveLength(5);
  expect(new Set(plans.map(({ trial }) => trial)).size).toBe(5);
  expect(Math.min(...plans.map(({ trial }) => trial))).toBe(18);
  const byBlock = [6, 7, 8].map((block) =>
    plans.flatMap((plan) => (plan.block === block ? [plan.arm] : [])).sort(),
  );
  expect(byBlock.sort()).toEqual([[0, 1], [0, 1], [2]]);
  expect(furtherBlocks([[0, 1], [2], [0, 1]], 6, 3, seededRandom('a'))).toEqual(plans);
});
