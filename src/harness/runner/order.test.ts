import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seededRandom } from '../../base/stats/random.ts';
import { blockOrder } from './order.ts';

const arms = fc.integer({ min: 1, max: 40 });
const seed = fc.stringMatching(/^[0-9a-f]{1,8}$/);

it('holds every arm once, and numbers trials through', () => {
  fc.assert(
    fc.property(arms, fc.nat(1000), seed, (count, block, text) => {
      const plans = blockOrder(count, block, seededRandom(text));
      const numbers = Array.from({ length: count }, (_, index) => index);
      expect(plans.map(({ arm }) => arm).sort((a, b) => a - b)).toEqual(numbers);
      expect(plans.map(({ trial }) => trial)).toEqual(numbers.map((each) => block * count + each));
      expect(plans.every((plan) => plan.block === block)).toBe(true);
    }),
  );
});

it('depends on the seed and the block alone, not on what was drawn before', () => {
  fc.assert(
    fc.property(arms, fc.nat(1000), seed, (count, block, text) => {
      const used = seededRandom(text);
      used.next();
      blockOrder(count, block + 1, used);
      expect(blockOrder(count, block, used)).toEqual(blockOrder(count, block, seededRandom(text)));
    }),
  );
});

it('is another in another block and of another seed', () => {
  const order = (text: string, block: number) =>
    blockOrder(20, block, seededRandom(text))
      .map(({ arm }) => arm)
      .join();
  const orders = [order('1', 0), order('1', 1), order('2', 0)];
  expect(new Set(orders).size).toBe(3);
});
