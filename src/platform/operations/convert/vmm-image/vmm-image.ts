import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../../../base/package-root.ts';
import { cached, contentKey } from '../../../guest/image/cache.ts';
import { folderContents } from '../../../guest/image/folder-contents.ts';
import type { Shell } from '../../../remote/shell.ts';
import { packTree } from './pack-tree.ts';
import type { VmmImage } from './vmm.ts';
import { vmmKernel } from './vmm-kernel.ts';
import { vmmPrograms } from './vmm-programs.ts';

/** What is written here for the VMM. */
export const vmmFiles = join(packageRoot, 'src/platform/operations/convert/vmm-image/files');
const recipe = '3';

/** sshd runs as root alone, but insists on the user to whom it drops its privileges. */
const users = ['root:*:0:0:root:/root:/bin/sh', 'sshd:*:100:65534:sshd:/run/sshd:/bin/false'].map(
  (line) => `${line}\n`,
);

/**
 * The image that a machine enters by kexec, built from packages of this machine's distribution
 * (Debian's names) or taken from the cache. Needs no root.
 * @throws UserError if the archive does not give the packages
 */
export async function vmmImage(shell: Shell, cache: string): Promise<VmmImage> {
  const release = await readFile('/etc/os-release', 'utf8');
  const distribution = /^VERSION_CODENAME=(.*)$/m.exec(release)?.[1] ?? 'unknown';
  const kernel = await vmmKernel(shell, cache, distribution);
  const programs = await vmmPrograms(shell, cache, distribution);
  const key = contentKey(
    recipe,
    JSON.stringify([kernel.version, programs.versions, programs.tree]),
    ...users,
    ...(await folderContents(vmmFiles)),
  );
  const folder = await cached(cache, `vmm-${key}`, async (partial) => {
    const tree = join(partial, 'tree');
    await shell.run(['cp', '-al', programs.tree, tree]);
    for (const name of ['dev', 'proc', 'sys', 'run', 'etc/ssh']) {
      await mkdir(join(tree, name), { recursive: true });
    }
    await writeFile(join(tree, 'etc/passwd'), users.join(''));
    await writeFile(join(tree, 'init'), await readFile(join(vmmFiles, 'init')), { mode: 0o755 });
    await writeFile(join(tree, 'bin/bash'), await readFile(join(vmmFiles, 'bash')), {
      mode: 0o755,
    });
    await copyFile(join(vmmFiles, 'disk-mark.sh'), join(tree, 'disk-mark.sh'));
    await copyFile(join(vmmFiles, 'sshd_config'), join(tree, 'etc/ssh/sshd_config'));
    await packTree(shell, tree, join(partial, 'initramfs'));
    await rm(tree, { recursive: true });
  });
  return {
    ...{ key, kernel: kernel.image, initramfs: join(folder, 'initramfs'), kexec: programs.kexec },
    ...(kernel.unpacked !== undefined && { unpacked: kernel.unpacked }),
    modules: { root: kernel.root, version: kernel.version },
    versions: { kernel: kernel.version, ...programs.versions },
  };
}
