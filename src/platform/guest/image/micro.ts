import {
  copyFile,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
  chmod,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { packageRoot } from '../../../base/package-root.ts';
import type { Shell } from '../../remote/shell.ts';
import { compileProgram, programSources } from '../../programs/compile.ts';
import { cached, contentKey } from './cache.ts';
import { folderContents } from './folder-contents.ts';
import { findNamedKernel, modulesIn, type Kernel } from './kernel.ts';
import { guestParts, type Parts } from './parts.ts';
import type { PackageVersions } from './packages.ts';

/** The small guest that is built here: kernel, initramfs, and an ext4 root file system. */
export interface MicroGuest {
  /** Changes when anything in it changes. */
  key: string;
  kernel: string;
  initramfs: string;
  /** Raw ext4 image, without a partition table. */
  rootDisk: string;
  versions: PackageVersions;
}

const rootDiskMebibytes = 64;
const scripts = join(packageRoot, 'src/platform/guest/image/micro');

/** Builds the micro guest, or takes it from the cache if no input has changed. Needs no root. */
export async function buildMicroGuest(
  shell: Shell,
  cache: string,
  distribution: { id: string; version: string },
  kernel?: string,
): Promise<MicroGuest> {
  let parts = await guestParts(shell, cache, distribution);
  if (kernel !== undefined) parts = await withNamedKernel(shell, cache, parts, kernel);
  const key = contentKey(
    JSON.stringify(parts.versions),
    parts.kernel,
    ...(await folderContents(scripts)),
    ...(await folderContents(...programSources('vg-guest'))),
  );
  const folder = await cached(cache, `micro-${key}`, async (partial) => {
    const program = join(partial, 'vg-guest');
    await compileProgram('vg-guest', program, shell);
    await buildInitramfs(shell, parts, program, partial);
    await buildRootDisk(shell, parts, program, partial);
    await copyFile(parts.kernel, join(partial, 'vmlinuz'));
  });
  return {
    key,
    kernel: join(folder, 'vmlinuz'),
    initramfs: join(folder, 'initramfs'),
    rootDisk: join(folder, 'root.img'),
    versions: parts.versions,
  };
}

/** The same parts with a kernel that the user names, and its modules. */
async function withNamedKernel(
  shell: Shell,
  cache: string,
  parts: Parts,
  path: string,
): Promise<Parts> {
  const name = `kernel-${contentKey('3', path, await readFile(path).catch(() => ''))}`;
  const folder = await cached(cache, name, async (partial) => {
    const found = await findNamedKernel(shell, path, partial);
    await copyFile(found.kernel, join(partial, 'vmlinuz'));
    await writeFile(join(partial, 'kernel.json'), JSON.stringify(found));
  });
  const found = JSON.parse(await readFile(join(folder, 'kernel.json'), 'utf8')) as Kernel;
  return {
    ...parts,
    kernel: join(folder, 'vmlinuz'),
    modules: modulesIn(folder, found.modules),
    versions: { ...parts.versions, 'guest kernel': found.version },
  };
}

async function buildInitramfs(shell: Shell, parts: Parts, program: string, folder: string) {
  const tree = join(folder, 'initramfs.d');
  for (const name of ['bin', 'dev', 'modules', 'root']) {
    await mkdir(join(tree, name), { recursive: true });
  }
  const paths = (files: readonly string[]) =>
    files.map((file) => `/modules/${basename(file)}`).join(' ');
  const script = (await readFile(join(scripts, 'init'), 'utf8'))
    .replace('XEN_MODULES', paths(parts.modules.xen))
    .replace('VIRTIO_MODULES', paths(parts.modules.virtio));
  await writeFile(join(tree, 'init'), script, { mode: 0o755 });
  await copyFile(parts.busybox, join(tree, 'bin/busybox'));
  await copyFile(program, join(tree, 'bin/vg-guest'));
  for (const file of [...parts.modules.virtio, ...parts.modules.xen]) {
    await copyFile(file, join(tree, 'modules', basename(file)));
  }
  const names = (await readdir(tree, { recursive: true })).sort();
  await shell.run(
    [
      'cpio',
      '-o',
      '-H',
      'newc',
      '--quiet',
      '-R',
      '0:0',
      '-D',
      tree,
      '-F',
      join(folder, 'initramfs'),
    ],
    { input: names.map((name) => `${name}\n`).join('') },
  );
  await rm(tree, { recursive: true });
}

async function buildRootDisk(shell: Shell, parts: Parts, program: string, folder: string) {
  const tree = join(folder, 'root.d');
  await shell.run(['cp', '-a', parts.tree, tree]);
  for (const name of [
    'bin',
    'sbin',
    'usr/sbin',
    'lib/modules',
    'dev',
    'proc',
    'sys',
    'run',
    'tmp',
    'root',
    'etc',
  ]) {
    await mkdir(join(tree, name), { recursive: true });
  }
  await copyFile(parts.busybox, join(tree, 'bin/busybox'));
  const { stdout } = await shell.run([parts.busybox, '--list']);
  for (const applet of stdout.split('\n').filter((name) => name !== '' && name !== 'busybox')) {
    await symlink('busybox', join(tree, 'bin', applet));
  }
  await copyFile(program, join(tree, 'usr/sbin/vg-guest'));
  for (const file of parts.modules.later) {
    await copyFile(file, join(tree, 'lib/modules', basename(file)));
  }
  await copyFile(join(scripts, 'disk-init'), join(tree, 'sbin/init'));
  await chmod(join(tree, 'sbin/init'), 0o755);
  await shell.run(
    [
      ...(['mke2fs', '-q', '-t', 'ext4', '-L', 'vg-root', '-m', '0'] as const),
      ...['-U', '76677567-6175-4765-8d69-63726f000000'],
      ...['-E', 'root_owner=0:0,hash_seed=76677567-6175-4765-8d69-63726f000000'],
      ...['-d', tree, join(folder, 'root.img'), `${rootDiskMebibytes}M`],
    ],
    { env: { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` } },
  );
  await rm(tree, { recursive: true });
}
