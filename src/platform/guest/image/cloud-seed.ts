import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../base/errors.ts';
import { packageRoot } from '../../../base/package-root.ts';
import { CommandError, type Shell } from '../../remote/shell.ts';
import { compileProgram, programSources } from '../../programs/compile.ts';
import { cached, contentKey } from './cache.ts';
import { folderContents } from './folder-contents.ts';

/** What goes on the seed as it is. */
export const seedFiles = join(packageRoot, 'src/platform/guest/image/cloud');

/**
 * The disk that cloud-init reads (NoCloud: ISO 9660, volume label `cidata`), with the program that
 * runs in guests on it; from the cache if no input has changed. All guests of a run share it.
 * @returns its path
 * @throws UserError without xorriso
 */
export async function cloudSeed(shell: Shell, cache: string): Promise<string> {
  const key = contentKey(
    metaData(''),
    ...(await folderContents(seedFiles)),
    ...(await folderContents(...programSources('vg-guest'))),
  );
  const folder = await cached(cache, `seed-${key}`, async (partial) => {
    const tree = join(partial, 'seed.d');
    await mkdir(tree);
    for (const name of ['user-data', 'start'])
      await copyFile(join(seedFiles, name), join(tree, name));
    await writeFile(join(tree, 'meta-data'), metaData(key));
    await compileProgram('vg-guest', join(tree, 'vg-guest'), shell);
    await makeIso(shell, tree, join(partial, 'seed.iso'));
    await rm(tree, { recursive: true });
  });
  return join(folder, 'seed.iso');
}

/** Every guest starts from a fresh disk, so that the same instance id makes each a first boot. */
export function metaData(key: string): string {
  return `instance-id: virtgauge-${key}\nlocal-hostname: vg-guest\n`;
}

async function makeIso(shell: Shell, tree: string, path: string): Promise<void> {
  try {
    await shell.run([
      ...(['xorriso', '-as', 'mkisofs', '-quiet', '-V', 'cidata', '-J', '-r'] as const),
      ...['-o', path, tree],
    ]);
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== undefined) throw error;
    throw new UserError(
      {
        message: 'guest.image: expected xorriso, which makes the seed of a cloud image; found none',
        remedy: 'On Debian and Ubuntu: sudo apt-get install --no-install-recommends xorriso',
      },
      { cause: error },
    );
  }
}
