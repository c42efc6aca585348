import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Shell } from '../../remote/shell.ts';
import { makeBootableDisk } from './bootable-disk.ts';
import { cached, contentKey } from './cache.ts';

const packages = [
  ...['systemd-sysv', 'udev', 'linux-image-cloud-amd64', 'initramfs-tools'],
  ...['cloud-init', 'qemu-guest-agent', 'fio', 'iproute2'],
];

/** Written into the image before its packages are configured: path → content. */
const files: Readonly<Record<string, string>> = {
  // An initramfs with nothing but the drivers of the disk.
  'etc/initramfs-tools/conf.d/virtgauge': 'MODULES=list\nCOMPRESS=gzip\n',
  'etc/initramfs-tools/modules': 'virtio_pci\nvirtio_blk\n',
  'etc/cloud/cloud.cfg.d/90_datasource.cfg': 'datasource_list: [NoCloud, None]\n',
  'etc/fstab': '/dev/vda1 / ext4 rw 0 1\n',
  'etc/hostname': 'image\n',
};

/** Slow under emulation, and nothing here needs them. */
const masked = [
  ...['cloud-config.service', 'cloud-final.service', 'systemd-binfmt.service'],
  ...['dev-hugepages.mount', 'dev-mqueue.mount', 'proc-sys-fs-binfmt_misc.automount'],
  ...['sys-kernel-debug.mount', 'sys-kernel-tracing.mount', 'sys-fs-fuse-connections.mount'],
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
  'getty@tty1.service',
  'serial-getty@ttyS0.service',
  'systemd-networkd-wait-online.service',
  'systemd-timesyncd.service',
];

const mebibytes = 768;

/**
 * For tests: a small Debian 12 with systemd, cloud-init, guest agent and fio, as a cloud image would
 * have them, on a qcow2 disk that boots by BIOS and GRUB. Made once per cache; needs root, mmdebstrap
 * and GRUB's files, and takes about a minute.
 * @returns its path
 */
export async function debianCloudImage(shell: Shell, cache: string): Promise<string> {
  const recipe = await readFile(fileURLToPath(import.meta.url));
  const name = `example-${contentKey(recipe)}`;
  const folder = await cached(cache, name, async (partial) => {
    const tree = join(partial, 'tree');
    const disk = join(partial, 'disk.raw');
    await installDebian(shell, tree, join(partial, 'files'));
    await makeBootableDisk(shell, disk, {
      ...{ tree, mebibytes, modules: '/usr/lib/grub/i386-pc' },
      commands: [
        'linux /boot/vmlinuz root=/dev/vda1 rw console=ttyS0,115200 systemd.show_status=no systemd.log_level=warning',
        'initrd /boot/initrd.img',
      ],
    });
    const image = join(partial, 'debian.qcow2');
    await shell.run(['qemu-img', 'convert', '-O', 'qcow2', disk, image]);
    for (const rest of ['tree', 'disk.raw', 'files']) {
      await rm(join(partial, rest), { recursive: true });
    }
  });
  return join(folder, 'debian.qcow2');
}

async function installDebian(shell: Shell, tree: string, early: string): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(early, path, '..'), { recursive: true });
    await writeFile(join(early, path), content);
  }
  const link = ['vmlinuz', 'initrd.img'].map(
    (name) => `ln -s $(ls "$1"/boot/${name}-* | xargs -n1 basename) "$1/boot/${name}"`,
  );
  await shell.run(
    [
      ...(['mmdebstrap', '--quiet', '--variant=apt', '--mode=root', '--format=directory'] as const),
      `--include=${packages.join(',')}`,
      ...['man', 'doc', 'locale'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
      `--essential-hook=cp -a "${early}/." "$1/"`,
      `--customize-hook=systemctl --root "$1" mask ${masked.join(' ')}`,
      '--customize-hook=systemctl --root "$1" enable systemd-networkd.service',
      ...link.map((line) => `--customize-hook=${line}`),
      ...['bookworm', tree],
    ],
    { timeout: 900 },
  );
}
