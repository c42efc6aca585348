import { basename } from 'node:path';
import type { Shell } from '../../remote/shell.ts';
import { contentKey } from './cache.ts';
import { inspectCloudFile } from './cloud-file.ts';
import { cloudSeed } from './cloud-seed.ts';
import type { GuestImage } from './guest-image.ts';

/**
 * An image of the user's that boots itself and has cloud-init (docs/guest-images.md). The file is
 * only read; whether it has changed is seen from its size and times, not from its bytes.
 * @throws UserError if guests cannot be made from it
 */
export async function cloudImage(shell: Shell, cache: string, image: string): Promise<GuestImage> {
  const { path, format, size, state } = await inspectCloudFile(shell, image);
  const key = contentKey(...state);
  return {
    key,
    disk: { path, format },
    diskSize: size,
    seed: await cloudSeed(shell, cache),
    versions: { 'guest image': `${basename(path)} ${key}` },
  };
}
