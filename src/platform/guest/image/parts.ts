import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Shell } from '../../remote/shell.ts';
import { cached, contentKey } from './cache.ts';
import { findKernel, kernelPackages, modulesIn, type GuestModules } from './kernel.ts';
import { makeHollowLibraries, unusedLibrary } from './hollow-libraries.ts';
import { neededLibraries } from './libraries.ts';
import {
  unpackPackages,
  withLibraries,
  withPackageLists,
  type PackageVersions,
} from './packages.ts';

/** What the micro guest takes from the distribution: a folder in the cache. */
export interface Parts {
  kernel: string;
  /** Kernel modules, in the order in which they are loaded. */
  modules: GuestModules;
  busybox: string;
  /** A tree with fio, the guest agent, ipvsadm and their libraries. */
  tree: string;
  versions: PackageVersions;
}

interface Manifest {
  modules: GuestModules;
  versions: PackageVersions;
}

const recipe = 4;
const libraryFolder = 'lib/x86_64-linux-gnu';
const programs = ['usr/bin/fio', 'usr/sbin/qemu-ga', 'sbin/ipvsadm'];

/**
 * Downloads and unpacks the parts once per cache; remove the folder to take newer packages.
 * @param distribution ID and VERSION_ID of os-release
 */
export async function guestParts(
  shell: Shell,
  cache: string,
  distribution: { id: string; version: string },
): Promise<Parts> {
  const key = contentKey(String(recipe), distribution.id, distribution.version);
  const folder = await cached(cache, `parts-${key}`, (partial) =>
    withPackageLists(shell, () => collectParts(shell, distribution.id, partial)),
  );
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  return {
    kernel: join(folder, 'vmlinuz'),
    modules: modulesIn(join(folder, 'modules'), manifest.modules),
    busybox: join(folder, 'busybox'),
    tree: join(folder, 'tree'),
    versions: manifest.versions,
  };
}

async function collectParts(shell: Shell, distribution: string, folder: string): Promise<void> {
  const work = join(folder, 'work');
  await rm(work, { recursive: true, force: true });
  const names = [
    'busybox-static',
    ...(await kernelPackages(shell, distribution)),
    ...(await withLibraries(shell, ['fio', 'qemu-guest-agent', 'ipvsadm'], unusedLibrary)),
  ];
  const { root, versions } = await unpackPackages(shell, names, work);

  const { kernel, version, modules } = await findKernel(shell, root, join(folder, 'modules'));
  await copyFile(kernel, join(folder, 'vmlinuz'));
  // Merged /usr on newer releases.
  await copyFile(join(root, 'bin/busybox'), join(folder, 'busybox')).catch(() =>
    copyFile(join(root, 'usr/bin/busybox'), join(folder, 'busybox')),
  );

  const files = programs.map((program) => {
    const merged = join(root, 'usr', program);
    return existsSync(merged) ? merged : join(root, program);
  });
  const libraries = await neededLibraries(shell, root, files, unusedLibrary);
  const place = async (file: string, path: string) => {
    await mkdir(dirname(join(folder, 'tree', path)), { recursive: true });
    await copyFile(file, join(folder, 'tree', path));
  };
  for (const [index, file] of files.entries()) await place(file, programs[index] ?? '');
  for (const [name, file] of libraries) {
    // The loader's own path is absolute in every program.
    await place(file, name.startsWith('ld-linux') ? `lib64/${name}` : join(libraryFolder, name));
  }
  await makeHollowLibraries(
    shell,
    join(root, 'usr/bin/fio'),
    [...libraries.values()],
    join(folder, 'tree', libraryFolder),
  );
  const manifest: Manifest = {
    modules,
    versions: {
      'guest kernel': version,
      busybox: versions['busybox-static'] ?? 'unknown',
      fio: versions.fio ?? 'unknown',
      'guest agent': versions['qemu-guest-agent'] ?? 'unknown',
      ipvsadm: versions.ipvsadm ?? 'unknown',
    },
  };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest, null, 2));
  await rm(work, { recursive: true });
}
