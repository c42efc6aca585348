import { dirname, join, relative } from 'node:path';
import { UserError } from '../../../base/errors.ts';
import type { GuestImage } from '../../../platform/guest/image/guest-image.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { CommandError, type Shell } from '../../../platform/remote/shell.ts';

/**
 * Puts files of the controller's cache into the caches of hosts. Their paths there are the same
 * below the cache, and named after their content: what is there already is not sent again.
 */
export class HostFiles {
  readonly #cache: string;
  readonly #placed = new Map<string, Promise<string>>();
  /** By the host's name. */
  readonly #tidied = new Map<string, Promise<void>>();

  /** @param cache of the controller */
  constructor(cache: string) {
    this.#cache = cache;
  }

  /**
   * @param path of a file in the controller's cache
   * @returns its path on the host
   * @throws UserError if it cannot be put there
   */
  place(host: Host, path: string): Promise<string> {
    const target = join(host.cache, relative(this.#cache, path));
    const key = `${host.name}:${target}`;
    const placed = this.#placed.get(key) ?? this.#send(host, path, target);
    this.#placed.set(key, placed);
    // Tried anew the next time.
    placed.catch(() => this.#placed.delete(key));
    return placed;
  }

  /** What guests on the host are made from. */
  async image(
    host: Host,
    { kernel, seed }: Pick<GuestImage, 'kernel' | 'seed'>,
  ): Promise<Pick<GuestImage, 'kernel' | 'seed'>> {
    return {
      ...(kernel && {
        kernel: {
          ...kernel,
          image: await this.place(host, kernel.image),
          initramfs: await this.place(host, kernel.initramfs),
        },
      }),
      ...(seed !== undefined && { seed: await this.place(host, seed) }),
    };
  }

  async #send(host: Host, path: string, target: string): Promise<string> {
    const { name, shell } = host;
    if (await isFile(shell, target)) return target;
    const tidied = this.#tidied.get(name) ?? removeOldPartials(host);
    this.#tidied.set(name, tidied);
    await tidied;
    try {
      await shell.run(['mkdir', '-p', '--', dirname(target)]);
      await shell.upload(path, target);
    } catch (cause) {
      throw new UserError(
        {
          where: `${name}:${target}`,
          message: `images cannot be put there (${(cause as Error).message})`,
          remedy: 'Make space, or name another folder of the host in the inventory (cache).',
        },
        { cause },
      );
    }
    return target;
  }
}

/** What uploads that were cut off with their host left behind: nothing takes a day. */
async function removeOldPartials({ shell, cache }: Host): Promise<void> {
  const old = ['-type', 'f', '-name', '*.????????.partial', '-mmin', '+1440'];
  // There may be no cache yet; what cannot be removed does no harm.
  await shell.run(['find', cache, '-maxdepth', '2', ...old, '-delete']).catch((error: unknown) => {
    if (!(error instanceof CommandError)) throw error;
  });
}

async function isFile(shell: Shell, path: string): Promise<boolean> {
  try {
    await shell.run(['test', '-f', path]);
    return true;
  } catch (error) {
    if (error instanceof CommandError && error.code === 1) return false;
    throw error;
  }
}
