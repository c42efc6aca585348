import { copyFile, link, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, contentKey } from '../../../guest/image/cache.ts';
import type { Shell } from '../../../remote/shell.ts';
import { requirePrograms, requireRoot } from '../../requirements.ts';
import { kernelArguments, xenArguments } from './arguments.ts';
import { debianRelease } from './debian.ts';
import { imageFiles, readMachineImage, writeAbout, type MachineImage } from './image-folder.ts';
import { makeInitramfs } from './initramfs.ts';
import { notableVersions, packagesOf } from './installed.ts';
import { machineKernel, type MachineKernel } from './kernel.ts';
import type { MachineKind } from './kinds.ts';
import { grubModules, machineFolder, makeRootDisk } from './root-disk.ts';
import { installedSystem, type System } from './system.ts';
import { tscMegahertz } from './tsc-rate.ts';

export type { MachineImage } from './image-folder.ts';
export type { MachineKind } from './kinds.ts';

export interface ImageOptions {
  signal?: AbortSignal | undefined;
  /** Tells what is going on where it takes longer. */
  progress?: ((text: string) => void) | undefined;
}

/** To be raised when what is written here makes other images of the same inputs. */
const recipes: Readonly<Record<MachineKind, string>> = { kvm: '1', xen: '1', plain: '3' };

const programs = [
  ['mmdebstrap', 'mmdebstrap'],
  ['mke2fs', 'e2fsprogs'],
  ['cpio', 'cpio'],
  ['depmod', 'kmod'],
] as const;
const bootPrograms = [
  ['grub-mkimage', 'grub-common'],
  [`${grubModules}/boot.img`, 'grub-pc-bin'],
] as const;

/**
 * The image for machines of a kind, built (about a minute) or taken from the cache.
 * @throws UserError without root or without what builds it
 */
export async function machineImage(
  shell: Shell,
  cache: string,
  kind: MachineKind,
  options: ImageOptions = {},
): Promise<MachineImage> {
  requireRoot('images of machines');
  await requirePrograms(shell, kind === 'plain' ? [...programs, ...bootPrograms] : programs);
  const release = debianRelease(await readFile('/etc/os-release', 'utf8'));
  const kernel = await machineKernel(shell, cache, release, options);
  const system = await installedSystem(shell, cache, release, packagesOf(kind), options);
  const append = kernelArguments(kind, await tscMegahertz(shell, cache));
  const key = contentKey(
    JSON.stringify([recipes[kind], kind, kernel.version, kernel.package, system.installed]),
    ...[append, xenArguments],
    ...(await contentsBelow(machineFolder)),
  );
  const folder = await cached(cache, `machine-${kind}-${key}`, async (partial) => {
    options.progress?.(`making the disk of ${kind} machines`);
    await makeParts(shell, kind, { system, kernel, append }, partial);
    const versions = { kernel: kernel.version, ...notableVersions(system.installed) };
    await writeAbout(partial, { kind, key, versions, append });
  });
  return readMachineImage(folder);
}

async function makeParts(
  shell: Shell,
  kind: MachineKind,
  { system, kernel, append }: { system: System; kernel: MachineKernel; append: string },
  folder: string,
): Promise<void> {
  const { disk, initramfs, kernel: image, xen } = imageFiles(folder);
  const busybox = join(system.tree, 'usr/bin/busybox');
  const script = join(machineFolder, 'initramfs');
  await makeInitramfs(shell, { busybox, modules: kernel.first, script }, initramfs);
  await makeRootDisk(shell, kind, { system, kernel, initramfs, append }, disk);
  if (kind !== 'plain') await linkOrCopy(kernel.fast, image);
  if (kind === 'xen') {
    const unpack = 'gzip -dc "$1"/boot/xen-*.gz > "$2"';
    await shell.run(['sh', '-c', unpack, 'unpack', system.tree, xen]);
  }
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to));
}

/** Names and contents of all files below a folder. */
async function contentsBelow(folder: string): Promise<(string | Uint8Array)[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .sort();
  const contents = await Promise.all(names.map((name) => readFile(name)));
  return names.flatMap((name, index) => [name.slice(folder.length), contents[index] ?? '']);
}
