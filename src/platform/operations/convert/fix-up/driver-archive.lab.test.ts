import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { cacheDirectory } from '../../../guest/image/cache.ts';
import { localShell } from '../../../remote/local.ts';
import { packTree } from '../vmm-image/pack-tree.ts';
import { vmmKernel } from '../vmm-image/vmm-kernel.ts';
import { vmmPrograms } from '../vmm-image/vmm-programs.ts';
import { driverArchive } from './driver-archive.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true }))));

/** Drives what the kernel's own lists name, as udev does, and tells what came of it. */
const init = `#!/bin/sh
export PATH=/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
[ -L /lib ] && echo 'vg lib is a link'
for round in 1 2; do
  for file in /sys/bus/pci/devices/*/modalias /sys/bus/virtio/devices/*/modalias; do
    [ -e "$file" ] && modprobe "$(cat "$file")" 2> /dev/null
  done
done
[ -b /dev/vda ] && echo "vg disk $(cat /sys/block/vda/size)"
echo 'vg end'
reboot -f
`;

it('lets a system without virtio drivers find the disk of a guest, and its links as they were', async () => {
  const work = await mkdtemp(join(tmpdir(), 'vg-drivers-'));
  folders.push(work);
  const cache = cacheDirectory(process.env);
  const release = await readFile('/etc/os-release', 'utf8');
  const distribution = /^VERSION_CODENAME=(.*)$/m.exec(release)?.[1] ?? 'unknown';
  const kernel = await vmmKernel(localShell, cache, distribution);
  const programs = await vmmPrograms(localShell, cache, distribution);

  // As initramfs-tools packs one for other hardware: /lib is a link, and there are other modules.
  const tree = join(work, 'tree');
  for (const name of ['bin', 'dev', 'proc', 'sys', `usr/lib/modules/${kernel.version}`]) {
    await mkdir(join(tree, name), { recursive: true });
  }
  await symlink('usr/lib', join(tree, 'lib'));
  await copyFile(join(programs.tree, 'bin/busybox'), join(tree, 'bin/busybox'));
  for (const name of ['sh', 'mount', 'cat', 'modprobe', 'reboot']) {
    await symlink('busybox', join(tree, 'bin', name));
  }
  await writeFile(join(tree, `usr/lib/modules/${kernel.version}/modules.dep`), '');
  await writeFile(join(tree, 'init'), init, { mode: 0o755 });
  const [plain, mended, disk] = ['plain', 'mended', 'disk'].map((name) => join(work, name));
  if (plain === undefined || mended === undefined || disk === undefined) throw new Error('names');
  await packTree(localShell, tree, plain);
  const archive = await driverArchive(localShell, kernel.version, kernel.root);
  await writeFile(mended, Buffer.concat([await readFile(plain), archive]));
  await writeFile(disk, Buffer.alloc(2 ** 20));

  const boot = async (initramfs: string) => {
    const { stdout } = await localShell.run(
      [
        ...(['qemu-system-x86_64', '-accel', 'tcg', '-m', '256', '-nodefaults'] as const),
        ...['-display', 'none', '-no-reboot', '-serial', 'stdio'],
        ...['-kernel', kernel.image, '-initrd', initramfs],
        ...['-append', 'console=ttyS0 quiet panic=-1 tsc=reliable'],
        ...[
          '-drive',
          `file=${disk},if=none,id=d,format=raw,snapshot=on`,
          '-device',
          'virtio-blk-pci,drive=d',
        ],
      ],
      { timeout: 240 },
    );
    return stdout.match(/vg .*\S/g);
  };
  expect(await Promise.all([boot(plain), boot(mended)])).toEqual([
    ['vg lib is a link', 'vg end'],
    ['vg lib is a link', 'vg disk 2048', 'vg end'],
  ]);
}, 600_000);
