import type { Levels } from '../scenario/levels.ts';
import type { Scenario } from '../scenario/schema.ts';

/** The image of an arm: `micro`, or a path. */
export function imageName(
  { guest }: Pick<Scenario, 'guest'>,
  { image }: Pick<Levels, 'image'>,
): string {
  return image === 'same' ? guest.image : image;
}
