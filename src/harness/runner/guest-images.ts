import { guestImage, type GuestImage } from '../../platform/guest/image/index.ts';
import type { Shell } from '../../platform/remote/shell.ts';
import type { Levels } from '../scenario/levels.ts';
import type { Scenario } from '../scenario/schema.ts';
import { imageName } from './image-name.ts';
import { imageKey } from './storages/plan-beds.ts';

/** What the guests of a run's arms are made from: an image for each `image` and `kernel` of them. */
export class GuestImages {
  readonly #byKey: ReadonlyMap<string, GuestImage>;

  private constructor(byKey: ReadonlyMap<string, GuestImage>) {
    this.#byKey = byKey;
  }

  /**
   * Builds them, or takes them from the cache.
   * @throws UserError if one cannot be built or used
   */
  static async of(
    shell: Shell,
    cache: string,
    { guest }: Pick<Scenario, 'guest'>,
    arms: readonly Pick<Levels, 'image' | 'kernel'>[],
  ): Promise<GuestImages> {
    const byKey = new Map<string, GuestImage>();
    for (const { image, kernel } of arms) {
      const key = imageKey({ image, kernel });
      if (byKey.has(key)) continue;
      const wanted = {
        image: imageName({ guest }, { image }),
        kernel: kernel === 'same' ? guest.kernel : kernel,
      };
      byKey.set(key, await guestImage(shell, cache, wanted));
    }
    return new GuestImages(byKey);
  }

  get all(): GuestImage[] {
    return [...this.#byKey.values()];
  }

  /** That of an arm. */
  readonly imageOf = (levels: Pick<Levels, 'image' | 'kernel'>): GuestImage => {
    const image = this.#byKey.get(imageKey(levels));
    if (image === undefined) throw new Error('the image of the arm was not prepared');
    return image;
  };

  /** Of what is in them; where they differ, all of them: `6.1.0-56-cloud / 6.12.9-cloud`. */
  get versions(): Record<string, string> {
    const names = new Set(this.all.flatMap(({ versions }) => Object.keys(versions)));
    return Object.fromEntries(
      [...names].map((name) => {
        const different = new Set(this.all.flatMap(({ versions }) => versions[name] ?? []));
        return [name, [...different].join(' / ')];
      }),
    );
  }
}
