import { chmod, copyFile, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cached, contentKey } from '../../../guest/image/cache.ts';
import { makeHollowLibraries } from '../../../guest/image/hollow-libraries.ts';
import { neededLibraries } from '../../../guest/image/libraries.ts';
import {
  unpackPackages,
  withLibraries,
  withPackageLists,
  type PackageVersions,
} from '../../../guest/image/packages.ts';
import type { Shell } from '../../../remote/shell.ts';
import { readVersions } from './versions.ts';

/** What runs in a VMM: a folder of the cache. */
export interface VmmPrograms {
  /** As it lies in the VMM. */
  tree: string;
  /** kexec with its libraries and loader. */
  kexec: string;
  versions: PackageVersions;
}

/**
 * Libraries of what a VMM never does: memory over RDMA, persistent memory, disassembly, FUSE.
 * They would be read and linked at every start.
 */
const unused = /^lib(ibverbs|rdmacm|pmem|capstone|fuse3)(\.so|[-\d])/;

const packages = ['busybox-static', 'qemu-system-x86', 'qemu-utils', 'openssh-server'];
const data = ['qemu-system-data', 'seabios'];
const kexecPackage = 'kexec-tools';

const programs = [
  'usr/bin/qemu-system-x86_64',
  'usr/bin/qemu-img',
  'usr/bin/qemu-nbd',
  'usr/sbin/sshd',
];
/** What QEMU reads for a PC. */
const firmware = [
  'bios-256k.bin',
  'kvmvapic.bin',
  'linuxboot_dma.bin',
  'pvh.bin',
  'multiboot_dma.bin',
];
const libraryFolder = 'lib/x86_64-linux-gnu';
const recipe = '1';

/** Downloads and unpacks them once per cache; remove the folder to take newer packages. */
export async function vmmPrograms(
  shell: Shell,
  cache: string,
  distribution: string,
): Promise<VmmPrograms> {
  const key = contentKey(recipe, distribution, unused.source, ...programs, ...firmware);
  const folder = await cached(cache, `vmm-programs-${key}`, (partial) =>
    withPackageLists(shell, () => collect(shell, partial)),
  );
  return {
    tree: join(folder, 'tree'),
    kexec: join(folder, 'kexec'),
    versions: await readVersions(folder),
  };
}

async function collect(shell: Shell, folder: string): Promise<void> {
  const work = join(folder, 'work');
  await rm(work, { recursive: true, force: true });
  const names = await withLibraries(shell, [...packages, kexecPackage], unused);
  const { root, versions } = await unpackPackages(shell, [...names, ...data], work);
  const tree = join(folder, 'tree');
  await mkdir(join(tree, 'bin'), { recursive: true });
  await copyFile(await find(root, 'bin/busybox'), join(tree, 'bin/busybox'));
  await addApplets(shell, tree);
  for (const program of programs) await place(join(root, program), join(tree, program));
  const libraries = await addLibraries(shell, root, programs, join(tree, libraryFolder));
  await place(libraries.loader, join(tree, 'lib64/ld-linux-x86-64.so.2'));
  for (const program of programs) {
    await makeHollowLibraries(
      shell,
      join(root, program),
      libraries.files,
      join(tree, libraryFolder),
      unused,
    );
  }
  for (const name of firmware) {
    await place(await find(root, name), join(tree, 'usr/share/qemu', name));
  }
  const kexec = join(folder, 'kexec');
  const program = await find(root, 'sbin/kexec');
  await place(program, join(kexec, 'kexec'));
  const own = await addLibraries(shell, root, [program.slice(root.length + 1)], kexec);
  await place(own.loader, join(kexec, 'loader'));
  const known = [...packages, kexecPackage].map((name) => [name, versions[name] ?? 'unknown']);
  await writeFile(join(folder, 'versions.json'), JSON.stringify(Object.fromEntries(known)));
  await rm(work, { recursive: true });
}

async function addApplets(shell: Shell, tree: string): Promise<void> {
  const { stdout } = await shell.run([join(tree, 'bin/busybox'), '--list']);
  for (const applet of stdout.split('\n').filter((name) => name !== '' && name !== 'busybox')) {
    await symlink('busybox', join(tree, 'bin', applet));
  }
}

async function addLibraries(
  shell: Shell,
  root: string,
  names: readonly string[],
  folder: string,
): Promise<{ files: string[]; loader: string }> {
  const found = await neededLibraries(
    shell,
    root,
    names.map((name) => join(root, name)),
    unused,
  );
  for (const [name, file] of found) await place(file, join(folder, name));
  // Some programs name it as a library, some only as their interpreter.
  return { files: [...found.values()], loader: await find(root, 'ld-linux-x86-64.so.2') };
}

async function place(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
  await chmod(to, 0o755);
}

/** A file of the unpacked packages, by the end of its path. */
async function find(root: string, name: string): Promise<string> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((each) => !each.isDirectory())
    .map((each) => join(each.parentPath, each.name));
  const found = paths.find((path) => path.endsWith(`/${name}`));
  if (found === undefined) throw new Error(`no ${name} in the unpacked packages`);
  return found;
}
