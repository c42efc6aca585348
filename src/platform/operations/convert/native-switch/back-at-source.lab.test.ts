import { mkdtempSync, rmSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cacheDirectory } from '../../../guest/image/cache.ts';
import { guestImage, type GuestImage } from '../../../guest/image/index.ts';
import type { Guest, GuestSpec } from '../../../hypervisor/hypervisor.ts';
import { microSpec } from '../../../hypervisor/micro-spec.example.ts';
import { launch } from '../../../hypervisor/qemu/launch.ts';
import { versionedMachine } from '../../../hypervisor/qemu/machine-type.ts';
import { usualLimits } from '../../../hypervisor/qemu/migration/limits.ts';
import { listenOnFreePort } from '../../../hypervisor/qemu/migration/listen.ts';
import {
  diskNode,
  linkTargetDisk,
  serveTargetDisk,
} from '../../../hypervisor/qemu/migration/target-disk.ts';
import { monitorOf } from '../../../hypervisor/qemu/monitor.ts';
import { qemu } from '../../../hypervisor/qemu/qemu.ts';
import { missingPrograms } from '../../../missing-programs.example.ts';
import { localShell } from '../../../remote/local.ts';
import { thisMachine } from '../../../remote/this-machine.ts';
import { backAtSource } from './back-at-source.ts';

const missing = missingPrograms(['qemu-system-x86_64', 'cpio', 'gcc']);

const cache = cacheDirectory(process.env);
const [one, two] = [thisMachine(cache, 'one'), thisMachine(cache, 'two')];

describe.skipIf(missing.length > 0)('a guest whose move was left by who drove it', () => {
  let folder: string;
  let image: GuestImage;
  let guest: Guest;
  let count = 0;
  const arrived: Guest[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vg-back-'));
    image = await guestImage(localShell, cache, { image: 'micro' });
    guest = await qemu.launch(one, await specOf());
    await guest.resume();
    await guest.control.ready();
  }, 180_000);
  afterEach(async () => {
    for (const each of arrived.splice(0)) await each.destroy();
  });
  afterAll(async () => {
    await guest.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  async function specOf(): Promise<GuestSpec> {
    const directory = join(folder, String(count++));
    await mkdir(directory);
    await copyFile(image.disk.path, join(directory, 'disk'));
    return microSpec(image, { name: 'vg-back', mac: '52:54:00:76:73:01', directory });
  }

  async function mirror(target: Guest): Promise<void> {
    const qmp = monitorOf(guest);
    const served = await serveTargetDisk({ guest: target, qmp: monitorOf(target) }, usualLimits);
    await linkTargetDisk(qmp, 'mirror', served, false, usualLimits);
    const { node: device } = await diskNode(qmp, usualLimits);
    const job = { 'job-id': 'mirror', device, target: 'mirror', sync: 'full' } as const;
    await qmp.execute('blockdev-mirror', job);
  }

  /** Moves it as far as it goes without anybody who lets the target go. */
  async function moveUntil(status: 'pre-switchover' | 'completed'): Promise<Guest> {
    const qmp = monitorOf(guest);
    const machineType = await versionedMachine(qmp);
    const target = await launch(qemu, two, await specOf(), { machineType });
    arrived.push(target);
    const arriving = monitorOf(target);
    const pauses = [{ capability: 'pause-before-switchover', state: status === 'pre-switchover' }];
    await qmp.execute('migrate-set-capabilities', { capabilities: pauses });
    // It has ended by then where memory is complete.
    if (status === 'pre-switchover') await mirror(target);
    const uri = (port: number) => `tcp:127.0.0.1:${port}`;
    const port = await listenOnFreePort((each) =>
      arriving.execute('migrate-incoming', { uri: uri(each) }),
    );
    await qmp.execute('migrate', { uri: uri(port) });
    const now = async () => (await qmp.execute('query-migrate', {})).status;
    await expect.poll(now, { timeout: 30_000 }).toBe(status);
    expect(await guest.running()).toBe(false);
    return target;
  }

  async function expectGoesOn(): Promise<void> {
    const qmp = monitorOf(guest);
    await backAtSource(qmp);
    expect(await guest.running()).toBe(true);
    expect(await qmp.execute('query-block-jobs', {})).toEqual([]);
    expect((await guest.control.run(['sh', '-c', 'sync; echo on'])).stdout).toBe('on\n');
  }

  it.each(['pre-switchover', 'completed'] as const)(
    'goes on at the source from %s',
    async (status) => {
      const target = await moveUntil(status);
      await target.destroy();
      await expectGoesOn();
    },
    120_000,
  );
});
