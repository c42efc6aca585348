import { createCipheriv } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Shell } from '../../remote/shell.ts';
import { cached, contentKey } from './cache.ts';
import type { GuestImage } from './guest-image.ts';

const chunkBytes = 4 * 2 ** 20;

/**
 * The raw image that templates are made from: the image's own disk, and behind it `dataBytes` that
 * cannot be compressed (always the same ones). In the cache of the controller.
 */
export async function templateSource(
  shell: Shell,
  cache: string,
  image: GuestImage,
  dataBytes: number,
): Promise<string> {
  const name = `disk-${contentKey(image.key, String(dataBytes))}`;
  const folder = await cached(cache, name, async (partial) => {
    const path = join(partial, 'disk.img');
    const { format } = image.disk;
    await shell.run(['qemu-img', 'convert', '-f', format, '-O', 'raw', image.disk.path, path]);
    await appendIncompressible(path, dataBytes);
  });
  return join(folder, 'disk.img');
}

/** Puts the template on a storage; in qcow2, what is zero stays unallocated. */
export async function placeTemplate(
  shell: Shell,
  source: string,
  path: string,
  format: 'raw' | 'qcow2',
): Promise<void> {
  await shell.run(['qemu-img', 'convert', '-f', 'raw', '-O', format, source, path]);
  await shell.run(['sync', path]);
}

/** The key stream of a cipher: fast to make, the same everywhere, and nothing compresses it. */
async function appendIncompressible(path: string, bytes: number): Promise<void> {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  const zeros = Buffer.alloc(chunkBytes);
  const file = createWriteStream(path, { flags: 'a' });
  for (let left = bytes; left > 0; left -= chunkBytes) {
    const chunk = cipher.update(zeros.subarray(0, Math.min(left, chunkBytes)));
    if (!file.write(chunk)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}
