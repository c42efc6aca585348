import { expect, it } from 'vitest';
import { seededRandom } from '../../../base/stats/random.ts';
import { planPauses } from './plan.ts';

it('holds every pause once in every block, in an order that the seed decides', () => {
  const plan = () => planPauses(['stop', 'cut'], [0.02, 0.2, 2], 4, seededRandom('7'));
  const all = plan();
  expect(all).toEqual(plan());
  expect(all).toHaveLength(24);
  const name = ({ kind, length }: (typeof all)[number]) => `${kind} ${length}`;
  const blocks = [0, 6, 12, 18].map((from) => all.slice(from, from + 6).map(name));
  for (const block of blocks) expect(new Set(block).size).toBe(6);
  expect(new Set(blocks.map((block) => block.join())).size).toBeGreaterThan(1);
});
