import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../../../base/errors.ts';
import type { Shell } from '../../remote/shell.ts';
import { dependencies } from './packages.ts';

/** Modules that a guest loads, in order, by where it runs. */
export interface GuestModules {
  /** Under QEMU. */
  virtio: string[];
  xen: string[];
  /** On its disk, for measurements that need them: memory that comes and goes, IPVS. */
  later: string[];
}

/** A kernel and its modules; these are names in a folder of ours. */
export interface Kernel {
  kernel: string;
  version: string;
  modules: GuestModules;
}

/** Loaded in this order. A module that the kernel has built in has no file and is left out. */
const virtioModules = [
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
const xenModules = ['xen-blkfront', 'xen-netfront'];
const laterModules = [
  ...['virtio_balloon', 'virtio_mem'],
  ...['libcrc32c', 'nf_defrag_ipv4', 'nf_defrag_ipv6', 'nf_conntrack'],
  ...['ip_vs', 'ip_vs_rr', 'ip_vs_wrr', 'ip_vs_wlc'],
];

/** The same modules as paths. */
export function modulesIn(folder: string, { virtio, xen, later }: GuestModules): GuestModules {
  const paths = (names: readonly string[]) => names.map((name) => join(folder, name));
  return { virtio: paths(virtio), xen: paths(xen), later: paths(later) };
}

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

/**
 * A kernel that the user names: its version from the header of the bzImage, its modules from where
 * distributions put them. A module that is nowhere is taken to be built in.
 */
export async function findNamedKernel(shell: Shell, path: string, folder: string): Promise<Kernel> {
  const image = await readFile(path).catch((cause: unknown) => {
    throw new UserError(
      { message: `guest.kernel: expected a kernel at ${path}, it cannot be read` },
      { cause },
    );
  });
  // Linux/x86 boot protocol: "HdrS" at 0x202, offset of the version text behind 0x200 at 0x20e.
  if (image.length < 0x210 || image.toString('latin1', 0x202, 0x206) !== 'HdrS') {
    throw new UserError({
      message: `guest.kernel: expected a Linux bzImage at ${path}, got something else`,
      remedy: 'Name the vmlinuz of a distribution, usually below /boot.',
    });
  }
  const text = image.readUInt16LE(0x20e);
  const named = text === 0 ? '' : image.toString('latin1', text + 0x200, text + 0x200 + 128);
  const version = /^[\w.+~-]+/.exec(named)?.[0] ?? 'unknown';
  const places = [join(dirname(path), '../lib/modules', version), `/lib/modules/${version}`];
  const tree = places.find((place) => existsSync(place));
  const modules =
    tree === undefined
      ? { virtio: [], xen: [], later: [] }
      : await findModules(shell, tree, folder);
  return { kernel: path, version, modules };
}

/** The kernel under `root` and its modules, in the order in which the guest loads them. */
export async function findKernel(shell: Shell, root: string, folder: string): Promise<Kernel> {
  const kernel = (await readdir(join(root, 'boot'))).find((name) => name.startsWith('vmlinuz-'));
  if (kernel === undefined) throw new Error(`no kernel under ${root}/boot`);
  return {
    kernel: join(root, 'boot', kernel),
    version: kernel.replace('vmlinuz-', ''),
    modules: await findModules(shell, root, folder),
  };
}

/** Copies the modules that a guest loads into `folder`; gives their names in order. */
async function findModules(shell: Shell, root: string, folder: string): Promise<GuestModules> {
  await mkdir(folder, { recursive: true });
  const files = (await readdir(root, { recursive: true })).filter((name) =>
    /\.ko(\.\w+)?$/.test(name),
  );
  const place = async (names: readonly string[]) => {
    const modules: string[] = [];
    for (const module of names) {
      const file = files.find((name) => basename(name).replace(/\.ko(\.\w+)?$/, '') === module);
      if (file === undefined) continue;
      await copyFile(join(root, file), join(folder, basename(file)));
      modules.push(basename(await plainModule(shell, join(folder, basename(file)))));
    }
    return modules;
  };
  return {
    virtio: await place(virtioModules),
    xen: await place(xenModules),
    later: await place(laterModules),
  };
}

/** Distributions compress modules; busybox's insmod wants them plain. */
async function plainModule(shell: Shell, file: string): Promise<string> {
  if (file.endsWith('.zst')) await shell.run(['zstd', '-q', '-d', '--rm', file]);
  if (file.endsWith('.xz')) await shell.run(['xz', '-d', file]);
  if (file.endsWith('.gz')) await shell.run(['gzip', '-d', file]);
  return file.replace(/\.(zst|xz|gz)$/, '');
}
