import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Shell } from '../../remote/shell.ts';
import { dependencies } from './packages.ts';

/** Loaded in this order. A module that the kernel has built in has no file and is left out. */
const guestModules = [
  'virtio_ring',
  'virtio',
  'virtio_pci_modern_dev',
  'virtio_pci_legacy_dev',
  'virtio_pci',
  'virtio_blk',
  'failover',
  'net_failover',
  'virtio_net',
  'virtio_console',
];

/** The packages that hold the kernel and its modules, for the distribution of this machine. */
export async function kernelPackages(shell: Shell, distribution: string): Promise<string[]> {
  const meta = distribution === 'ubuntu' ? 'linux-image-virtual' : `linux-image-cloud-amd64`;
  const image = (await dependencies(shell, meta)).find((name) => /^linux-image-\d/.test(name));
  if (image === undefined) throw new Error(`${meta} names no kernel`);
  // Debian keeps modules with the image, Ubuntu in a package beside it.
  const modules = (await dependencies(shell, image)).filter((name) =>
    /^linux-modules-\d/.test(name),
  );
  return [image, ...modules];
}

/** The kernel under `root` and its modules, in the order in which the guest loads them. */
export async function findKernel(
  shell: Shell,
  root: string,
): Promise<{ kernel: string; version: string; modules: string[] }> {
  const kernel = (await readdir(join(root, 'boot'))).find((name) => name.startsWith('vmlinuz-'));
  if (kernel === undefined) throw new Error(`no kernel under ${root}/boot`);
  const files = (await readdir(root, { recursive: true })).filter((name) =>
    /\.ko(\.\w+)?$/.test(name),
  );
  const modules: string[] = [];
  for (const module of guestModules) {
    const file = files.find((name) => basename(name).replace(/\.ko(\.\w+)?$/, '') === module);
    if (file !== undefined) modules.push(await plainModule(shell, join(root, file)));
  }
  return { kernel: join(root, 'boot', kernel), version: kernel.replace('vmlinuz-', ''), modules };
}

/** Ubuntu compresses modules; busybox's insmod wants them plain. */
async function plainModule(shell: Shell, file: string): Promise<string> {
  if (file.endsWith('.zst')) await shell.run(['zstd', '-q', '-d', '--rm', file]);
  if (file.endsWith('.xz')) await shell.run(['xz', '-d', file]);
  return file.replace(/\.(zst|xz)$/, '');
}
