import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheDirectory } from '../guest/image/cache.ts';
import { guestImage } from '../guest/image/index.ts';
import { microSpec } from '../hypervisor/micro-spec.example.ts';
import { qemu } from '../hypervisor/qemu/qemu.ts';
import { missingPrograms } from '../missing-programs.example.ts';
import { localShell } from '../remote/local.ts';
import type { MemoryDevice } from '../hypervisor/hotplug.ts';
import { thisMachine } from '../remote/this-machine.ts';
import { createGuest, type CreatedGuest } from './create.ts';
import { hotplugOf, plug, type Change } from './plug.ts';

const missing = missingPrograms(['qemu-system-x86_64', 'qemu-img', 'cpio', 'gcc']);

const cache = cacheDirectory(process.env);
const host = thisMachine(cache);
const mebibyte = 2 ** 20;
const memory = 256 * mebibyte;
const mac = '52:54:00:76:71:fe';

describe.skipIf(missing.length > 0)('what is plugged into a running guest of QEMU', () => {
  let folder: string;
  let created: CreatedGuest | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vg-plug-'));
    const image = await guestImage(localShell, cache, { image: 'micro' });
    created = await createGuest(
      { host, hypervisor: qemu },
      {
        spec: microSpec(image, {
          ...{ name: 'vg-plug', mac: '52:54:00:76:71:01', directory: join(folder, 'guest') },
          ...{ cpu: 'max', memory, maximum: { vcpus: 2, memory: 2 * memory } },
          ...{ disk: { cache: 'writeback' }, consoleLog: join(folder, 'console') },
        }),
        template: { path: image.disk.path, format: image.disk.format },
        diskPath: join(folder, 'disk.qcow2'),
        provisioning: { method: 'clone', durability: 'buffered' },
        bootTimeout: 60,
      },
      new AbortController().signal,
    );
    writeFileSync(join(folder, 'more.raw'), '');
    await truncate(join(folder, 'more.raw'), 8 * mebibyte);
  }, 120_000);
  afterAll(async () => {
    await created?.guest.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  const sized = (by: MemoryDevice, mebibytes: number): Change => ({
    device: 'memory',
    by,
    bytes: memory + mebibytes * mebibyte,
  });
  const more = { path: '', format: 'raw', cache: 'none' } as const;
  const changes: Record<string, () => [Change, Change]> = {
    'memory by virtio-mem': () => [sized('virtio-mem', 128), sized('virtio-mem', 0)],
    'memory by a module': () => [sized('dimm', 128), sized('dimm', 0)],
    'memory by the balloon': () => [sized('balloon', -64), sized('balloon', 0)],
    'a disk': () => [
      { device: 'disk', attach: { ...more, path: join(folder, 'more.raw') } },
      { device: 'disk', detach: 'vdb' },
    ],
    'an interface': () => [
      { device: 'nic', attach: { mac, network: { kind: 'user' } } },
      { device: 'nic', detach: mac },
    ],
  };
  const theGuest = () => {
    if (created === undefined) throw new Error('expected a guest');
    return created.guest;
  };

  it.each(Object.keys(changes))(
    '%s comes and goes, and the guest sees both',
    async (name) => {
      const guest = theGuest();
      const before = await hotplugOf(guest).devices(guest);
      for (const change of changes[name]?.() ?? []) {
        const plugged = await plug(guest, change);
        expect(plugged).not.toHaveProperty('refused');
        expect(plugged.seen).toBeGreaterThan(plugged.requested - plugged.uncertainty);
        expect(plugged.returned).toBeGreaterThan(plugged.requested);
        if ('attach' in change || ('bytes' in change && change.bytes !== memory)) {
          expect(await hotplugOf(guest).devices(guest)).not.toEqual(before);
        }
      }
      await expect.poll(() => hotplugOf(guest).devices(guest), { timeout: 20_000 }).toEqual(before);
    },
    60_000,
  );

  it('tells why what is asked for is refused', async () => {
    const guest = theGuest();
    const refused = async (change: Change) => (await plug(guest, change, { timeout: 1 })).refused;
    expect(await refused({ device: 'vcpu', vcpus: 3 })).toMatch(/expected 1 to 2 vCPUs/);
    const much = { device: 'memory', by: 'dimm', bytes: 8 * memory } as const;
    expect(await refused(much)).toMatch(/expected 268435456 to 536870912 bytes/);
    const none = { ...more, path: join(folder, 'none.raw') };
    expect(await refused({ device: 'disk', attach: none })).toMatch(/No such file/);
    expect(await refused({ device: 'disk', detach: 'vda' })).toMatch(/no disk vda that was added/);
    expect(await refused({ device: 'nic', detach: mac })).toMatch(/no interface 52:54/);
    expect((await guest.control.run(['true'])).code).toBe(0);
  }, 60_000);

  // Last, and only in: emulation (QEMU 7.2) does not end the thread of a vCPU that the guest gives
  // back, and does not live long after that.
  it('a vCPU comes, and the guest uses it', async () => {
    const guest = theGuest();
    const plugged = await plug(guest, { device: 'vcpu', vcpus: 2 });
    expect(plugged).not.toHaveProperty('refused');
    expect(plugged.seen).toBeGreaterThan(plugged.requested);
    expect((await hotplugOf(guest).devices(guest)).vcpus).toBe(2);
    expect((await guest.control.run(['nproc'])).stdout.trim()).toBe('2');
  }, 60_000);
});
