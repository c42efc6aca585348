import { chmod, copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../../../base/package-root.ts';
import { makeBootableDisk } from '../../../guest/image/bootable-disk.ts';
import type { Shell } from '../../../remote/shell.ts';
import type { MachineKernel } from './kernel.ts';
import type { MachineKind } from './kinds.ts';
import type { System } from './system.ts';

/** What runs in machines; `all` and the folder of each kind lie as on a machine's disk. */
export const machineFolder = join(packageRoot, 'src/platform/lab/machines/image/machine');

/** Sparse; room for what guests need, which a plain machine has none of. */
const sizes: Readonly<Record<MachineKind, number>> = { kvm: 8192, xen: 8192, plain: 3072 };

// A few large files, so few inodes. A journal: machines are killed, and what was synced has to be there.
const format = ['-i', '65536', '-J', 'size=32', '-L', 'vg-machine'];
const uuid = '76677567-6175-4765-8d6d-616368696e65';

/** GRUB's modules for the PC. */
export const grubModules = '/usr/lib/grub/i386-pc';

/**
 * Makes the disk of a machine: the system with our files over it.
 * @param append the kernel's arguments, for a disk with a boot loader
 */
export async function makeRootDisk(
  shell: Shell,
  kind: MachineKind,
  {
    system,
    kernel,
    initramfs,
    append,
  }: {
    system: System;
    kernel: MachineKernel;
    initramfs: string;
    append: string;
  },
  path: string,
): Promise<void> {
  const tree = `${path}.d`;
  const mebibytes = sizes[kind];
  try {
    // Hard links: files of the system are replaced in it, never changed.
    await shell.run(['cp', '-al', system.tree, tree]);
    await mkdir(join(tree, 'usr/lib/modules'), { recursive: true });
    await shell.run(['cp', '-al', `${kernel.modules}/.`, join(tree, 'usr/lib/modules')]);
    await addOwnFiles(shell, kind, tree);
    if (kind === 'plain') {
      await copyFile(kernel.image, join(tree, 'boot/vmlinuz'));
      await copyFile(initramfs, join(tree, 'boot/initrd.img'));
      await makeBootableDisk(shell, path, {
        ...{ tree, mebibytes, format: [...format, '-U', uuid], modules: grubModules },
        commands: [`linux /boot/vmlinuz ${append}`, 'initrd /boot/initrd.img'],
      });
    } else {
      await shell.run(
        [
          ...([
            'mke2fs',
            '-q',
            '-t',
            'ext4',
            '-m',
            '0',
            ...format,
            '-U',
            uuid,
            '-d',
            tree,
          ] as const),
          ...['-E', 'root_owner=0:0', path, `${mebibytes}M`],
        ],
        { env: { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` } },
      );
    }
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

const folders = ['dev', 'mnt/shared', 'srv/shared', 'var/lib/vg', 'root/.ssh'];
const programs = ['boot', 'identify'].map((name) => `usr/lib/virtgauge/machine/${name}`);

async function addOwnFiles(shell: Shell, kind: MachineKind, tree: string): Promise<void> {
  for (const name of folders) await mkdir(join(tree, name), { recursive: true });
  await chmod(join(tree, 'root/.ssh'), 0o700);
  for (const part of ['all', kind]) {
    const from = join(machineFolder, part);
    await shell.run(['cp', '-r', '--remove-destination', `${from}/.`, tree]);
  }
  for (const name of programs) await chmod(join(tree, name), 0o755);
  for (const name of ['init', 'poweroff', 'reboot', 'halt']) {
    await replaceByLink(join(tree, 'usr/sbin', name), '/bin/busybox');
  }
  // Debian's own looks for the version of the running Xen each time, which takes longer than most calls.
  if (kind === 'xen') {
    const { stdout } = await shell.run([
      'sh',
      '-c',
      'cd "$1" && ls usr/lib/xen-*/bin/xl',
      'xl',
      tree,
    ]);
    await replaceByLink(join(tree, 'usr/local/sbin/xl'), `/${stdout.trim()}`);
  }
  await rm(join(tree, 'etc/resolv.conf'), { force: true });
  await writeFile(join(tree, 'etc/resolv.conf'), '');
}

async function replaceByLink(path: string, target: string): Promise<void> {
  await rm(path, { force: true });
  await symlink(target, path);
}
