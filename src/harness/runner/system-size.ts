import { imageSize } from '../../platform/guest/image/image-size.ts';
import type { Levels } from '../scenario/levels.ts';
import type { Scenario } from '../scenario/schema.ts';
import { imageName } from './image-name.ts';

/** Bytes of the disk of the micro guest. */
const microDisk = 64 * 2 ** 20;

/** Bytes of the system's disk of an arm's guests. */
export type SystemSize = (levels: Pick<Levels, 'image'>) => number;

/** What is known of it before anything is made; undefined if an arm's image cannot be read here. */
export function systemSizeOf(
  scenario: Pick<Scenario, 'guest'>,
  arms: readonly Pick<Levels, 'image'>[],
): SystemSize | undefined {
  const sizes = new Map<string, number>();
  for (const name of new Set(arms.map((levels) => imageName(scenario, levels)))) {
    const size = name === 'micro' ? microDisk : imageSize(name);
    if (size === undefined) return undefined;
    sizes.set(name, size);
  }
  return (levels) => {
    const size = sizes.get(imageName(scenario, levels));
    if (size === undefined) throw new Error('nobody has looked at the image of the arm');
    return size;
  };
}
