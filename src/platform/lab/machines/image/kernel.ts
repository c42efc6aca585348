import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cached, contentKey } from '../../../guest/image/cache.ts';
import { dependencies, downloadPackages, withPackageLists } from '../../../guest/image/packages.ts';
import type { Shell } from '../../../remote/shell.ts';
import type { ImageOptions } from './machine-image.ts';
import { unneededModules } from './unneeded-modules.ts';
import { unpackKernel } from './unpack-kernel.ts';

/** What machines boot, whatever their kind. */
export interface MachineKernel {
  version: string;
  /** The package's own version: the kernel's stays the same where its interface does. */
  package: string;
  /** As distributed. */
  image: string;
  /** The same uncompressed where that is possible: what is inside takes seconds to unpack itself under TCG. */
  fast: string;
  /** A folder with the modules, `VERSION/…`, and what modprobe needs. */
  modules: string;
  /** Files of the modules by which the root file system is found, in the order in which they are loaded. */
  first: string[];
}

type Manifest = Pick<MachineKernel, 'version' | 'package' | 'first'>;

const drivers = ['virtio_pci', 'virtio_blk', 'crc32c_generic', 'ext4'];
const path = { env: { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` } };

/**
 * Debian's kernel (not the one for clouds, which cannot be Xen's first domain), unpacked once per
 * cache; to take a newer one, remove its folder there.
 */
export async function machineKernel(
  shell: Shell,
  cache: string,
  release: string,
  { progress }: ImageOptions,
): Promise<MachineKernel> {
  const key = contentKey(release, ...unneededModules, ...drivers);
  const folder = await cached(cache, `machine-kernel-${key}`, async (partial) => {
    progress?.('unpacking the kernel of machines');
    await withPackageLists(shell, () => collect(shell, partial));
  });
  const text = await readFile(join(folder, 'kernel.json'), 'utf8');
  const { version, package: packageVersion, first } = JSON.parse(text) as Manifest;
  const fast = join(folder, 'vmlinux');
  const image = join(folder, 'vmlinuz');
  return {
    ...{ version, package: packageVersion, image, fast: existsSync(fast) ? fast : image },
    modules: join(folder, 'modules'),
    first: first.map((name) => join(folder, 'modules', name)),
  };
}

async function collect(shell: Shell, folder: string): Promise<void> {
  const work = join(folder, 'work');
  await rm(work, { recursive: true, force: true });
  const root = join(work, 'root');
  await mkdir(root, { recursive: true });
  const meta = await dependencies(shell, 'linux-image-amd64');
  const name = meta.find((each) => /^linux-image-\d/.test(each));
  if (name === undefined) throw new Error('linux-image-amd64 names no kernel');
  const [file = ''] = await downloadPackages(shell, [name], join(work, 'packages'));
  const exclude = unneededModules.map((each) => `--exclude=*/kernel/${each}`);
  const unpack = 'file=$1; shift; dpkg --fsys-tarfile "$file" | tar -x "$@"';
  await shell.run([
    'bash',
    '--norc',
    '-o',
    'pipefail',
    '-c',
    unpack,
    'unpack',
    file,
    '-C',
    root,
    ...exclude,
  ]);
  const image = (await readdir(join(root, 'boot'))).find((each) => each.startsWith('vmlinuz-'));
  if (image === undefined) throw new Error(`${name} has no kernel`);
  const version = image.replace('vmlinuz-', '');
  // Merged /usr on newer releases.
  const lib = existsSync(join(root, 'usr/lib/modules')) ? join(root, 'usr') : root;
  await shell.run(['depmod', '-b', lib, version], path);
  await rename(join(root, 'boot', image), join(folder, 'vmlinuz'));
  await unpackKernel(shell, join(folder, 'vmlinuz'), join(folder, 'vmlinux'));
  const first = await loadOrder(shell, lib, version);
  await rename(join(lib, 'lib/modules'), join(folder, 'modules'));
  const [, packageVersion = ''] = basename(file).split('_');
  const manifest: Manifest = { version, package: decodeURIComponent(packageVersion), first };
  await writeFile(join(folder, 'kernel.json'), JSON.stringify(manifest));
  await rm(work, { recursive: true });
}

/** The files that loading the drivers takes, below the folder of all modules. */
async function loadOrder(shell: Shell, root: string, version: string): Promise<string[]> {
  const files = new Set<string>();
  for (const driver of drivers) {
    const { stdout } = await shell.run(
      ['modprobe', '-d', root, '-S', version, '--show-depends', driver],
      path,
    );
    for (const [, file = ''] of stdout.matchAll(/^insmod (\S+)/gm)) {
      files.add(file.slice(file.indexOf(`/lib/modules/`) + '/lib/modules/'.length));
    }
  }
  return [...files];
}
