import { readFile } from 'node:fs/promises';
import { stat } from 'node:fs/promises';
import type { Shell } from '../../remote/shell.ts';
import { cloudImage } from './cloud.ts';
import type { GuestImage } from './guest-image.ts';
import { buildMicroGuest } from './micro.ts';

export type { GuestImage } from './guest-image.ts';

/** What a scenario says of its guests' image. */
export interface ImageRequest {
  /** `micro`, or the path of a cloud image. */
  image: string;
  /** Path of a kernel for the micro guest; a cloud image boots its own. */
  kernel?: string | undefined;
}

// Few lines on the console, since each byte costs. A kernel whose emulated CPU waits for a CPU of ours would
// take its timer to be broken, and panic.
const microCommandLine = 'loglevel=6 panic=-1 no_timer_check';

/**
 * The image that guests are made from, built or taken from the cache.
 * @throws UserError if it cannot be built or used
 */
export async function guestImage(
  shell: Shell,
  cache: string,
  { image, kernel }: ImageRequest,
): Promise<GuestImage> {
  return image === 'micro' ? microImage(shell, cache, kernel) : cloudImage(shell, cache, image);
}

export async function microImage(
  shell: Shell,
  cache: string,
  kernel?: string,
): Promise<GuestImage> {
  const micro = await buildMicroGuest(shell, cache, await distribution(), kernel);
  return {
    key: micro.key,
    disk: { path: micro.rootDisk, format: 'raw' },
    diskSize: (await stat(micro.rootDisk)).size,
    kernel: {
      image: micro.kernel,
      initramfs: micro.initramfs,
      commandLine: microCommandLine,
    },
    versions: micro.versions,
  };
}

async function distribution(): Promise<{ id: string; version: string }> {
  const text = await readFile('/etc/os-release', 'utf8');
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)`, 'm').exec(text)?.[1] ?? '';
  return { id: field('ID'), version: field('VERSION_ID') };
}
