import { mkdtempSync, rmSync } from 'node:fs';
import { copyFile, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cacheDirectory } from '../guest/image/cache.ts';
import { giveUpIdentity } from '../guest/identity.ts';
import { guestImage, type GuestImage } from '../guest/image/index.ts';
import { firstAnswer } from '../guest/service.ts';
import type { Guest } from '../hypervisor/hypervisor.ts';
import type { SavedState } from '../hypervisor/saved-state.ts';
import { microSpec } from '../hypervisor/micro-spec.example.ts';
import { qemu } from '../hypervisor/qemu/qemu.ts';
import { missingPrograms } from '../missing-programs.example.ts';
import { localShell } from '../remote/local.ts';
import { thisMachine } from '../remote/this-machine.ts';
import { createGuest, type CreatedGuest, type CreateRequest } from './create.ts';
import { statesOf } from './restore.ts';
import type { RestorePoint } from './save-state.ts';

const missing = missingPrograms(['qemu-system-x86_64', 'qemu-img', 'cpio', 'gcc']);

const cache = cacheDirectory(process.env);
const host = thisMachine(cache);
const signal = new AbortController().signal;
const states = statesOf(qemu);
const uuidFile = '/proc/sys/kernel/random/uuid';

describe.skipIf(missing.length > 0)('guests restored from one saved state', () => {
  let folder: string;
  let image: GuestImage;
  let point: RestorePoint;
  let fullStorage: unknown;
  let count = 0;
  const guests: Guest[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vg-restore-'));
    image = await guestImage(localShell, cache, { image: 'micro' });
    const sparse = { method: 'sparse', durability: 'synced' } as const;
    const whole = {
      ...request({ path: image.disk.path, format: 'raw' }),
      provisioning: sparse,
    };
    const { guest } = await createGuest({ host, hypervisor: qemu }, whole, signal);
    guests.push(guest);
    await giveUpIdentity(guest.control, signal);
    // The kernel's generator takes from its pool now, and then not for seconds: what it gives after
    // the guest is restored follows from what was saved.
    await guest.control.run(['vg-guest', 'identity', '--entropy', '00'.repeat(64)]);
    fullStorage = await states.save(guest, '/dev/full', signal).catch((error: unknown) => error);
    const state = await states.save(guest, join(folder, "it's.state"), signal);
    point = { state, disk: guest.spec.disk };
    await guest.destroy();
  }, 120_000);
  afterEach(async () => {
    await Promise.all(guests.splice(0).map((guest) => guest.destroy()));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function request(template: CreateRequest['template'], state?: SavedState): CreateRequest {
    const name = `vg-restored-${++count}`;
    const directory = join(folder, String(count));
    const mac = `52:54:00:76:70:${count.toString(16).padStart(2, '0')}`;
    return {
      spec: microSpec(image, {
        ...{ name, mac, directory, disk: { cache: 'writeback' } },
        consoleLog: join(folder, `${count}.console`),
      }),
      template,
      ...(state && { state }),
      diskPath: join(folder, `${count}.img`),
      provisioning: { method: 'clone', durability: 'buffered' },
      bootTimeout: 60,
    };
  }

  async function restored(state = point.state): Promise<CreatedGuest> {
    const created = await createGuest(
      { host, hypervisor: qemu },
      request(point.disk, state),
      signal,
    );
    guests.push(created.guest);
    return created;
  }

  /** What two guests of one state have in common unless it is fixed. */
  async function identityOf({ guest: { control } }: CreatedGuest) {
    const read = async (path: string) => (await control.readFile(path)).toString().trim();
    return {
      uuid: await read(uuidFile),
      mac: await read('/sys/class/net/eth0/address'),
      hostname: await read('/proc/sys/kernel/hostname'),
    };
  }

  it('differ in names, addresses, instance and randomness, and answer as themselves', async () => {
    const [one, two] = await Promise.all([restored(), restored()]);
    const [first, second] = [await identityOf(one), await identityOf(two)];
    expect(first.uuid).not.toBe(second.uuid);
    expect([first.mac, second.mac]).toEqual([one.guest.spec.mac, two.guest.spec.mac]);
    expect([first.hostname, second.hostname]).toEqual([one.guest.spec.name, two.guest.spec.name]);
    expect(one.instance).not.toBe(two.instance);
    for (const { guest, instance, stamps, checks } of [one, two]) {
      const answer = await firstAnswer(guest.service.udp, host.clock, signal);
      expect(answer.instance).toBe(instance);
      // The guest's wall clock is ours again; only a clock of another time is hours off.
      expect(Math.abs(answer.guestWallTime - Date.now() / 1000)).toBeLessThan(60);
      expect(stamps.restored).toBeGreaterThanOrEqual(stamps.monitor ?? Infinity);
      expect(stamps.identity).toBeGreaterThanOrEqual(stamps.agent ?? Infinity);
      expect(Object.keys(checks)).toEqual(['restored', 'identity', 'service']);
    }
  }, 120_000);

  it('would give the same random numbers without an identity', async () => {
    // On a busy machine so much of the guest's time may pass that its generator is due again.
    for (let attempt = 1; ; attempt++) {
      const [one, two] = await Promise.all([restoredAsSaved(), restoredAsSaved()]);
      if (one === two) break;
      expect(attempt).toBeLessThan(8);
    }
  }, 120_000);

  async function restoredAsSaved(): Promise<string> {
    const { spec, diskPath: disk } = request(point.disk);
    await host.shell.run(['mkdir', '-p', spec.directory]);
    await copyFile(point.disk.path, disk);
    const whole = { ...spec, disk: { ...spec.disk, path: disk, format: 'raw' as const } };
    const guest = await states.launch(host, whole, point.state);
    guests.push(guest);
    await states.load(guest, point.state, signal);
    await guest.resume();
    await guest.control.ready();
    return (await guest.control.readFile(uuidFile)).toString().trim();
  }

  it('a truncated state fails with the words of QEMU', async () => {
    const path = join(folder, 'short.state');
    await copyFile(point.state.path, path);
    await truncate(path, Math.floor(point.state.bytes / 2));
    const { form, machineType, bytes } = point.state;
    await expect(restored({ path, form, machineType, bytes })).rejects.toThrow(
      /^did not load its saved state \S+short\.state: QEMU ended with code 1: .*load of migration failed/s,
    );
  }, 60_000);

  it('a state of another machine fails with the words of QEMU', async () => {
    const state = { ...point.state, machineType: 'pc-i440fx-0.1' };
    await expect(restored(state)).rejects.toThrow('unsupported machine type');
  }, 60_000);

  it('a storage that is full is told while the state is saved', () => {
    expect(String(fullStorage)).toContain(
      'its state was not saved to /dev/full: cat: write error: No space left on device',
    );
  });
});
