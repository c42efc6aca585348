import type { Random } from '../../../base/stats/random.ts';
import type { GuestShape } from './options.ts';

/** One of the kinds of guests, by their weights. */
export function drawShape(shapes: readonly GuestShape[], random: Random): GuestShape {
  let left = random.next() * shapes.reduce((sum, { weight }) => sum + weight, 0);
  for (const shape of shapes) {
    left -= shape.weight;
    if (left < 0) return shape;
  }
  return shapes.at(-1) as GuestShape;
}
