import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Shell } from '../../remote/shell.ts';
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

const sector = 512;
/** Where the partition begins: before it there is room for the boot loader. */
const firstSector = 2048;
const mebibytes = 768;
const prefix = '(hd0,msdos1)/boot/grub';
const grub = '/usr/lib/grub/i386-pc';

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
    await makePartition(shell, tree, disk);
    await makeBootable(shell, disk, partial);
    const image = join(partial, 'debian.qcow2');
    await shell.run(['qemu-img', 'convert', '-O', 'qcow2', disk, image]);
    for (const rest of ['tree', 'disk.raw', 'files', 'core.img', 'grub.cfg']) {
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

/** A disk whose only partition has an ext4 file system with all of `tree`; no loop device. */
async function makePartition(shell: Shell, tree: string, disk: string): Promise<void> {
  const start = firstSector * sector;
  const size = mebibytes * 2 ** 20;
  await writeFile(disk, '');
  await shell.run(['truncate', '-s', String(start + size), disk]);
  await shell.run(
    [
      ...(['mke2fs', '-q', '-t', 'ext4', '-m', '0', '-d', tree] as const),
      ...['-E', `offset=${start},root_owner=0:0`, disk, `${size / 1024}k`],
    ],
    { env: { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` } },
  );
}

/** GRUB in front of the partition: its first 440 bytes, the partition table, then its core. */
async function makeBootable(shell: Shell, disk: string, work: string): Promise<void> {
  const config = join(work, 'grub.cfg');
  const commands = [
    'set root=(hd0,msdos1)',
    'linux /boot/vmlinuz root=/dev/vda1 rw console=ttyS0,115200 systemd.show_status=no systemd.log_level=warning',
    'initrd /boot/initrd.img',
    'boot',
  ];
  await writeFile(config, commands.map((line) => `${line}\n`).join(''));
  const core = join(work, 'core.img');
  await shell.run([
    ...(['grub-mkimage', '-O', 'i386-pc', '-d', grub, '-p', prefix, '-c', config] as const),
    ...['-o', core, 'biosdisk', 'part_msdos', 'ext2', 'linux'],
  ]);
  const loader = (await readFile(join(grub, 'boot.img'))).subarray(0, 440);
  const file = await open(disk, 'r+');
  try {
    await file.write(Buffer.concat([loader, Buffer.alloc(6), partitionTable()]), 0, sector, 0);
    const content = await readFile(core);
    await file.write(content, 0, content.length, sector);
  } finally {
    await file.close();
  }
}

/** One active Linux partition (type 0x83), by sector numbers only, and the mark of a boot sector. */
function partitionTable(): Buffer {
  const table = Buffer.alloc(66);
  const noGeometry = [0xfe, 0xff, 0xff];
  table.set([0x80, ...noGeometry, 0x83, ...noGeometry], 0);
  table.writeUInt32LE(firstSector, 8);
  table.writeUInt32LE((mebibytes * 2 ** 20) / sector, 12);
  table.set([0x55, 0xaa], 64);
  return table;
}
