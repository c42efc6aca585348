import { readdir } from 'node:fs/promises';
import type { Shell } from '../../../remote/shell.ts';

/** Packs a folder as the kernel wants a first root: uncompressed cpio, all of it root's. */
export async function packTree(shell: Shell, tree: string, path: string): Promise<void> {
  const names = (await readdir(tree, { recursive: true })).sort();
  await shell.run(['cpio', '-o', '-H', 'newc', '--quiet', '-R', '0:0', '-D', tree, '-F', path], {
    input: names.map((name) => `${name}\n`).join(''),
  });
}
