import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { cacheDirectory } from '../../../guest/image/cache.ts';
import { localShell } from '../../../remote/local.ts';
import { envBlock } from '../boot-path/env-block.ts';
import { readDiskMarks } from './disk-mark.ts';
import { makeOrder } from './order.ts';
import { vmmImage } from './vmm-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'vg-disks-'));
afterAll(() => rmSync(folder, { recursive: true }));

const mac = '52:54:00:76:67:03';
const tombstone = 2 ** 20;

/** A disk with something on it that is its own, and a tombstone if it is to have one. */
function disk(name: string, bytes: number, buried: boolean) {
  const content = Buffer.alloc(bytes);
  content.write(name, 440);
  if (buried) content.write(envBlock(true), tombstone);
  const path = join(folder, name);
  writeFileSync(path, content);
  return { path, bytes };
}

/** What a VMM says until it says one of these words. */
function untilSays(argv: readonly string[], words: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const process = spawn('qemu-system-x86_64', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    process.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1');
      if (words.test(said)) process.kill('SIGKILL');
    });
    process.on('error', reject);
    process.on('close', () => resolve(said));
  });
}

it('gives disks the names that they had, in whatever order another kernel finds them', async () => {
  const first = disk('aa', 4 * 2 ** 20, true);
  const second = disk('bb', 4 * 2 ** 20, false);
  const diskMarks = await readDiskMarks(localShell, { disks: [first, second] });
  const image = await vmmImage(localShell, cacheDirectory(process.env));
  const archive = join(folder, 'order');
  const { bytes } = first;
  await makeOrder(
    localShell,
    image,
    {
      facts: {
        disks: [
          { path: '/dev/vda', bytes },
          { path: '/dev/vdb', bytes },
        ],
        nic: { name: 'eth0', mac },
        drivers: ['virtio_pci', 'virtio_blk', 'virtio_net'],
      },
      identity: { address: '10.0.2.15/24', hostKey: '', authorizedKey: '' },
      ...{ tombstone, diskMarks },
    },
    archive,
  );
  const initramfs = join(folder, 'initramfs');
  const concatenate = 'cat -- "$1" "$2" > "$3"';
  await localShell.run(['sh', '-c', concatenate, 'join', image.initramfs, archive, initramfs]);
  const drive = (path: string, id: string) => [
    ...['-drive', `file=${path},if=none,id=${id},format=raw`],
    ...['-device', `virtio-blk-pci,drive=${id}`],
  ];
  const said = await untilSays(
    [
      ...['-accel', 'tcg', '-cpu', 'max', '-m', '512', '-nodefaults', '-display', 'none'],
      ...['-no-reboot', '-serial', 'stdio', '-kernel', image.kernel, '-initrd', initramfs],
      ...['-append', 'console=ttyS0 quiet panic=-1 tsc=reliable rdinit=/init vg.mode=switch'],
      // The other way round than the machine's own kernel found them.
      ...[...drive(second.path, 'b'), ...drive(first.path, 'a')],
      ...['-netdev', 'user,id=n', '-device', `virtio-net-pci,netdev=n,mac=${mac},romfile=`],
    ],
    /vg-vmm (buried|fault|guest)/,
  );
  expect(said).toMatch(/vg-vmm disks/);
  // The tombstone is looked for on the first one.
  expect(said).toMatch(/vg-vmm buried/);
}, 600_000);
