import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, contentKey } from '../../../guest/image/cache.ts';
import { dependencies, downloadPackages, withPackageLists } from '../../../guest/image/packages.ts';
import { unpackKernel } from '../../../lab/machines/image/unpack-kernel.ts';
import type { Shell } from '../../../remote/shell.ts';
import { driverFiles, driverFolders } from './drivers.ts';

/** What a VMM boots; paths are absolute. */
export interface VmmKernel {
  version: string;
  image: string;
  unpacked?: string;
  /** What modprobe calls a root: it has `lib/modules/VERSION`. */
  root: string;
}

const meta = 'linux-image-amd64';
const recipe = '2';
const path = { env: { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` } };

/**
 * The distribution's kernel for servers, with their drivers, unpacked once per cache; to take a newer
 * one, remove its folder there.
 * @param distribution VERSION_ID of os-release, or whatever else changes the packages
 */
export async function vmmKernel(
  shell: Shell,
  cache: string,
  distribution: string,
): Promise<VmmKernel> {
  const key = contentKey(recipe, distribution, ...driverFolders, ...driverFiles);
  const folder = await cached(cache, `vmm-kernel-${key}`, (partial) =>
    withPackageLists(shell, () => collect(shell, partial)),
  );
  const version = (await readFile(join(folder, 'version'), 'utf8')).trim();
  const unpacked = join(folder, 'vmlinux');
  return {
    ...{ version, image: join(folder, 'vmlinuz'), root: join(folder, 'root') },
    ...(existsSync(unpacked) && { unpacked }),
  };
}

async function collect(shell: Shell, folder: string): Promise<void> {
  const work = join(folder, 'work');
  const unpackedTo = join(work, 'tree');
  await rm(work, { recursive: true, force: true });
  await mkdir(unpackedTo, { recursive: true });
  const name = (await dependencies(shell, meta)).find((each) => /^linux-image-\d/.test(each));
  if (name === undefined) throw new Error(`${meta} names no kernel`);
  const [file = ''] = await downloadPackages(shell, [name], join(work, 'packages'));
  const patterns = [
    ...['*/boot/vmlinuz-*', '*/lib/modules/*/modules.*'],
    ...driverFolders.map((each) => `*/lib/modules/*/kernel/${each}/*`),
    ...driverFiles.map((each) => `*/lib/modules/*/kernel/${each}.ko*`),
  ];
  // A pattern that matches nothing in this version is no error.
  const unpack =
    'file=$1; tree=$2; shift 2; set -o noglob; dpkg --fsys-tarfile "$file" | tar -x -C "$tree" --wildcards "$@" 2> "$tree/../missing" || grep -q "Not found in archive" "$tree/../missing"';
  await shell.run(['bash', '--norc', '-c', unpack, 'unpack', file, unpackedTo, ...patterns]);
  const image = (await readdir(join(unpackedTo, 'boot'))).find((each) =>
    each.startsWith('vmlinuz-'),
  );
  if (image === undefined) throw new Error(`${name} has no kernel`);
  const version = image.replace('vmlinuz-', '');
  // Merged /usr on newer releases.
  const lib = existsSync(join(unpackedTo, 'usr/lib/modules'))
    ? join(unpackedTo, 'usr')
    : unpackedTo;
  await shell.run(['depmod', '-b', lib, version], path);
  await mkdir(join(folder, 'root/lib'), { recursive: true });
  await rename(join(lib, 'lib/modules'), join(folder, 'root/lib/modules'));
  await rename(join(unpackedTo, 'boot', image), join(folder, 'vmlinuz'));
  await unpackKernel(shell, join(folder, 'vmlinuz'), join(folder, 'vmlinux'));
  await writeFile(join(folder, 'version'), `${version}\n`);
  await rm(work, { recursive: true });
}

/**
 * Files of modules and of what they need, in the order in which they are loaded.
 * @param names modules; one that this kernel has built in needs no file
 * @throws Error that names a module that this kernel does not have
 */
export async function loadOrder(
  shell: Shell,
  { root, version }: Pick<VmmKernel, 'root' | 'version'>,
  names: readonly string[],
): Promise<string[]> {
  const files = new Set<string>();
  for (const name of names) {
    let stdout: string;
    try {
      const argv = ['modprobe', '-d', root, '-S', version, '--show-depends', name] as const;
      ({ stdout } = await shell.run([...argv], path));
    } catch (cause) {
      throw new Error(`the VMM's kernel ${version} has no module ${name}`, { cause });
    }
    for (const [, file = ''] of stdout.matchAll(/^insmod (\S+)/gm)) files.add(file);
  }
  return [...files];
}
