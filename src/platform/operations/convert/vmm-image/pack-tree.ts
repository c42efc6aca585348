import { appendFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { CommandError, type Shell } from '../../../remote/shell.ts';

/**
 * Packs a folder as the kernel wants a part of its first root: cpio, all of it root's, compressed if
 * zstd is here. The less there is to bring, to load and to move when the kernel gives way, the better;
 * zstd unpacks faster than that goes.
 * @param path of the archive, which may hold keys: only its owner reads it
 */
export async function packTree(shell: Shell, tree: string, path: string): Promise<void> {
  const names = (await readdir(tree, { recursive: true })).sort();
  await rm(path, { force: true });
  await writeFile(path, '', { mode: 0o600 });
  await shell.run(['cpio', '-o', '-H', 'newc', '--quiet', '-R', '0:0', '-D', tree, '-F', path], {
    input: names.map((name) => `${name}\n`).join(''),
  });
  await compress(shell, path);
}

async function compress(shell: Shell, archive: string): Promise<void> {
  const compressed = `${archive}.zst`;
  try {
    // It keeps the file's mode.
    await shell.run(['zstd', '-q', '-f', '-6', '-o', compressed, archive], { timeout: 300 });
    await rename(compressed, archive);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    await rm(compressed, { force: true });
  }
  // What follows must begin at a multiple of four; zeros between archives are passed over.
  const { size } = await stat(archive);
  await appendFile(archive, Buffer.alloc(-size & 3));
}
