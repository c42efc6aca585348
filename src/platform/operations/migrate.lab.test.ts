import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { copyFile, mkdir, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cacheDirectory } from '../guest/image/cache.ts';
import { guestImage, type GuestImage } from '../guest/image/index.ts';
import { fitClockOffset, firstAnswer } from '../guest/service.ts';
import type { Guest, GuestSpec } from '../hypervisor/hypervisor.ts';
import type { MigrationEvent, MigrationMethod } from '../hypervisor/migration.ts';
import { microSpec } from '../hypervisor/micro-spec.example.ts';
import { monitorOf } from '../hypervisor/qemu/monitor.ts';
import { qemu } from '../hypervisor/qemu/qemu.ts';
import { missingPrograms } from '../missing-programs.example.ts';
import { localShell } from '../remote/local.ts';
import type { Host } from '../remote/host.ts';
import { thisMachine } from '../remote/this-machine.ts';
import type { CreatedGuest } from './create.ts';
import { migrateGuest, type MigrationResult } from './migrate.ts';

const missing = missingPrograms(['qemu-system-x86_64', 'qemu-img', 'cpio', 'gcc']);

const MiB = 2 ** 20;
const cache = cacheDirectory(process.env);
const hosts: [Host, Host] = [thisMachine(cache, 'one'), thisMachine(cache, 'two')];
const method: MigrationMethod = {
  method: 'pre-copy',
  postCopyAfter: 0.2,
  disk: 'shared',
  multifd: 0,
  xbzrle: false,
  autoConverge: false,
  downtimeLimit: 0.3,
  bandwidth: undefined,
  transport: 'direct',
  timeout: 60,
};

const noUserfaultfd =
  process.getuid?.() !== 0 &&
  readFileSync('/proc/sys/vm/unprivileged_userfaultfd', 'utf8').trim() !== '1';
if (noUserfaultfd && process.env.CI === 'true') throw new Error('userfaultfd is not allowed');

let folder: string;
let image: GuestImage;
let count = 0;
const started = new Set<Guest>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vg-mig-'));
  image = await guestImage(localShell, cache, { image: 'micro' });
});
afterEach(async () => {
  // What a test left in a state that no other one wants.
  for (const guest of started) {
    if (!(await guest.running())) {
      await guest.destroy();
      started.delete(guest);
    }
  }
});
afterAll(async () => {
  await Promise.all([...started].map((guest) => guest.destroy()));
  rmSync(folder, { recursive: true });
});

async function specOf(disk: string): Promise<GuestSpec> {
  const directory = join(folder, String(++count));
  await mkdir(directory);
  return microSpec(image, {
    ...{ name: 'vg-mover', mac: '52:54:00:76:67:01', directory, memory: 256 * MiB },
    disk: { path: disk },
  });
}

/** A disk for the copy of another one. */
async function emptyDisk(place = folder): Promise<GuestSpec['disk']> {
  const path = join(place, `empty-${++count}.img`);
  await writeFile(path, '');
  await truncate(path, (await stat(image.disk.path)).size);
  return { ...(await specOf(path)).disk };
}

async function boot(): Promise<CreatedGuest> {
  const disk = join(folder, `disk-${count}.img`);
  await copyFile(image.disk.path, disk);
  const guest = await qemu.launch(hosts[0], await specOf(disk));
  started.add(guest);
  await guest.resume();
  const { clock } = guest.host;
  const answer = await firstAnswer(guest.service.udp, clock, AbortSignal.timeout(120_000));
  await guest.control.ready();
  const stamps = { requested: 0, service: answer.at, agent: clock.now() };
  const clockOffset = await fitClockOffset(guest.service.udp, clock);
  return { guest, stamps, checks: {}, clockOffset, instance: answer.instance };
}

let current: CreatedGuest | undefined;
/** A guest that runs: the one of the test before, if it still does. */
async function running(): Promise<CreatedGuest> {
  if (current === undefined || !(await current.guest.running())) current = await boot();
  return current;
}

interface Told {
  result: MigrationResult;
  events: MigrationEvent[];
  seconds: number;
}

async function move(
  created: CreatedGuest,
  changes: Partial<MigrationMethod>,
  {
    spec = {},
    onEvent,
    signal = new AbortController().signal,
  }: {
    spec?: Partial<GuestSpec>;
    onEvent?: (event: MigrationEvent) => void;
    signal?: AbortSignal;
  } = {},
): Promise<Told> {
  const { guest } = created;
  const target = hosts[guest.host === hosts[0] ? 1 : 0];
  const events: MigrationEvent[] = [];
  const begin = performance.now();
  const result = await migrateGuest(
    {
      created,
      target,
      spec: { ...(await specOf(guest.spec.disk.path)), ...spec },
      method: { ...method, ...changes },
    },
    signal,
    (event) => {
      events.push(event);
      onEvent?.(event);
    },
  );
  if (result.state === 'completed') {
    started.delete(guest);
    started.add(result.guest.guest);
    current = result.guest;
  }
  return { result, events, seconds: (performance.now() - begin) / 1000 };
}

/** Ends the QEMU of a directory, as `kill -9` does. */
async function killQemu({ directory }: { directory: string }): Promise<void> {
  await localShell.run(['pkill', '-KILL', '-f', join(directory, 'monitor.sock')]);
}

/** Calls `act` once, at the first look at the counters. */
function atFirstLook(act: () => unknown): (event: MigrationEvent) => void {
  let done = false;
  return ({ event }) => {
    if (event !== 'progress' || done) return;
    done = true;
    void act();
  };
}

const order = ({ events }: Told, ...names: MigrationEvent['event'][]) =>
  events.map(({ event }) => event).filter((event) => names.includes(event));

const slow = { bandwidth: 20 * MiB };

async function expectCompleted(before: CreatedGuest, { result, events }: Told) {
  expect(result, JSON.stringify(result)).toMatchObject({ state: 'completed' });
  if (result.state !== 'completed') throw new Error('unreachable');
  const { guest, instance } = result.guest;
  expect(guest.host).not.toBe(before.guest.host);
  expect(instance).toBe(before.instance);
  expect(await guest.running()).toBe(true);
  expect(await before.guest.running()).toBe(false);
  expect((await guest.control.run(['cat', '/run/here'])).stdout).toBe('before\n');
  const at = (name: MigrationEvent['event']) => events.find(({ event }) => event === name)?.at ?? 0;
  for (const [first, second] of [
    ['start', 'stop'],
    ['stop', 'resume'],
    ['resume', 'answered'],
  ] as const) {
    expect(at(first)).toBeLessThan(at(second));
  }
  expect(at('answered')).toBeLessThanOrEqual(result.confirmedAt);
  return result;
}

async function expectStillThere({ guest, instance }: CreatedGuest): Promise<void> {
  expect(await guest.running()).toBe(true);
  const signal = AbortSignal.timeout(30_000);
  const answer = await firstAnswer(guest.service.udp, guest.host.clock, signal);
  expect(answer.instance).toBe(instance);
  expect(await monitorOf(guest).execute('query-block-jobs', {})).toEqual([]);
  await expectNoQemuBut(guest);
}

/** No other QEMU of these tests. */
async function expectNoQemuBut(...guests: Guest[]): Promise<void> {
  const found = await localShell
    .run(['pgrep', '-f', `^qemu-system.*${folder}`])
    .catch(() => ({ stdout: '' }));
  expect(found.stdout.trim().split('\n').filter(Boolean).map(Number)).toEqual(
    guests.map(({ pid }) => pid),
  );
}

async function noted(): Promise<CreatedGuest> {
  const created = await running();
  await created.guest.control.writeFile('/run/here', 'before\n');
  return created;
}

describe.skipIf(missing.length > 0)(
  `live migration of a real guest (missing: ${missing.join(', ') || 'nothing'})`,
  () => {
    it('moves by pre-copy, and back', async () => {
      for (let round = 0; round < 2; round++) {
        const before = await noted();
        const told = await move(before, {});
        const { report } = await expectCompleted(before, told);
        expect(report.totalTime).toBeGreaterThan(0);
        expect(report.downtime).toBeGreaterThan(0);
        expect(report.transferred).toBeGreaterThan(10 * MiB);
        expect(report.rounds).toBeGreaterThan(1);
        expect(report).not.toHaveProperty('postCopyBlockTime');
        expect(order(told, 'start', 'stop', 'completed', 'resume', 'answered')).toEqual([
          ...['start', 'stop', 'completed', 'resume', 'answered'],
        ]);
        expect(order(told, 'round').length).toBeGreaterThan(1);
        await expectNoQemuBut(...started);
      }
    });

    it.skipIf(noUserfaultfd)(
      `moves by post-copy${noUserfaultfd ? ' (needs root or vm.unprivileged_userfaultfd)' : ''}`,
      async () => {
        const before = await noted();
        const told = await move(before, { method: 'post-copy', postCopyAfter: 0.1, ...slow });
        const { report } = await expectCompleted(before, told);
        expect(report.postCopyBlockTime).toBeGreaterThanOrEqual(0);
        expect(order(told, 'post-copy', 'stop', 'resume', 'completed')).toEqual([
          ...['post-copy', 'stop', 'resume', 'completed'],
        ]);
      },
    );

    it.each([
      ['several streams', { multifd: 2 }],
      ['xbzrle', { xbzrle: true }],
      ['auto-converge', { autoConverge: true, bandwidth: 200 * MiB }],
    ])('moves with %s', async (_, changes) => {
      const before = await noted();
      await expectCompleted(before, await move(before, changes));
    });

    it('takes the disk along', async () => {
      const before = await noted();
      const { control } = before.guest;
      await control.writeFile('/root/on-disk', 'moved with the disk\n');
      await control.run(['sync']);
      const told = await move(before, { disk: 'mirror' }, { spec: { disk: await emptyDisk() } });
      const { guest } = await expectCompleted(before, told);
      expect(order(told, 'start', 'mirror-ready', 'stop')).toEqual([
        'start',
        'mirror-ready',
        'stop',
      ]);
      await guest.guest.control.run(['sh', '-c', 'echo 3 > /proc/sys/vm/drop_caches']);
      const read = await guest.guest.control.run(['cat', '/root/on-disk']);
      expect(read.stdout).toBe('moved with the disk\n');
      await guest.guest.control.writeFile('/root/on-disk', 'and is written there\n');
      expect(await guest.guest.control.run(['sync'])).toMatchObject({ code: 0 });
      await guest.guest.control.run(['sh', '-c', 'echo 3 > /proc/sys/vm/drop_caches']);
      expect(
        (await localShell.run(['grep', '-c', 'written there', guest.guest.spec.disk.path])).stdout,
      ).toBe('1\n');
    });

    it.each([['shared'], ['mirror']] as const)(
      'says that it does not converge, and leaves the guest where it is (disk: %s)',
      async (disk) => {
        const before = await running();
        const dirtier = ['dirty', '--size', String(64 * MiB), '--rate', '200000000'];
        await before.guest.control.start(['vg-guest', ...dirtier, '--seconds', '8']);
        const spec = disk === 'mirror' ? { spec: { disk: await emptyDisk() } } : {};
        const told = await move(before, { disk, bandwidth: 1_000_000, timeout: 3 }, spec);
        expect(told.result, JSON.stringify(told.result)).toMatchObject({ state: 'not-converged' });
        expect(told.events.find(({ event }) => event === 'stop')).toBeUndefined();
        if (told.result.state === 'not-converged') {
          expect(told.result.report.transferred).toBeGreaterThan(100_000);
        }
        await expectStillThere(before);
      },
    );

    it.each([['shared'], ['mirror']] as const)(
      'goes on at the source when the target is killed (disk: %s)',
      async (disk) => {
        const before = await running();
        const spec = { ...(await specOf(before.guest.spec.disk.path)) };
        if (disk === 'mirror') spec.disk = await emptyDisk();
        const told = await move(
          before,
          { disk, ...slow },
          { spec, onEvent: atFirstLook(() => killQemu(spec)) },
        );
        expect(told.result).toMatchObject({ state: 'failed', survivor: 'source' });
        expect(told.result).toHaveProperty('reason', expect.stringContaining('ended by SIGKILL'));
        await expectStillThere(before);
      },
    );

    it('says that the guest is lost when the source is killed', async () => {
      const before = await running();
      const told = await move(before, slow, {
        onEvent: atFirstLook(() => killQemu(before.guest.spec)),
      });
      expect(told.result).toMatchObject({ state: 'failed', survivor: 'none' });
      expect(told.result).toHaveProperty('reason', expect.stringContaining('on the source'));
      await expectNoQemuBut();
    });

    it.skipIf(noUserfaultfd)('says that the guest is lost when post-copy breaks', async () => {
      const before = await running();
      const spec = await specOf(before.guest.spec.disk.path);
      const told = await move(
        before,
        { method: 'post-copy', postCopyAfter: 0.1, ...slow },
        { spec, onEvent: ({ event }) => void (event === 'resume' && killQemu(spec)) },
      );
      expect(told.result).toMatchObject({ state: 'failed', survivor: 'none' });
      expect(told.result).toHaveProperty('reason', expect.stringContaining('the guest is lost'));
      await expectNoQemuBut();
    });

    it('gives up when told to', async () => {
      const before = await running();
      const stop = new AbortController();
      const told = await move(before, slow, {
        signal: stop.signal,
        onEvent: atFirstLook(() => stop.abort(new Error('stop'))),
      });
      expect(told.result).toMatchObject({
        state: 'failed',
        survivor: 'source',
        reason: 'it was interrupted',
      });
      await expectStillThere(before);
    });

    it('refuses what cannot work, before the guest is touched', async () => {
      const before = await running();
      await expect(move(before, {}, { spec: { machine: 'q35' } })).rejects.toThrow(
        'expected the same machine type on both hosts, got pc and q35',
      );
      await expect(move(before, {}, { spec: { cpu: 'EPYC' } })).rejects.toThrow(
        'expected the same CPU model on both hosts, got qemu64 and EPYC',
      );
      await expect(move(before, { transport: 'p2p' })).rejects.toThrow('expected the transport');
      await expect(move(before, { method: 'post-copy', multifd: 2 })).rejects.toThrow(
        'expected post-copy without multifd',
      );
      const disk = { ...before.guest.spec.disk, path: '/nonexistent/disk' };
      const { result } = await move(before, {}, { spec: { disk } });
      expect(result).toMatchObject({ state: 'failed', survivor: 'source' });
      expect(result).toHaveProperty('reason', expect.stringContaining('No such file'));
      await expectStillThere(before);
      await expectCompleted(await noted(), await move(before, {}));
    });

    it.skipIf(process.getuid?.() !== 0)(
      'says that the target has no space, and goes on at the source',
      async () => {
        const before = await noted();
        const small = join(folder, 'small');
        await mkdir(small);
        await localShell.run(['mount', '-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', small]);
        try {
          const disk: GuestSpec['disk'] = { ...(await emptyDisk(small)), cache: 'writeback' };
          const { result } = await move(before, { disk: 'mirror' }, { spec: { disk } });
          expect(result).toMatchObject({ state: 'failed', survivor: 'source' });
          expect(result).toHaveProperty('reason', expect.stringContaining('No space left'));
          await expectStillThere(before);
        } finally {
          await localShell.run(['umount', small]);
        }
        await expectCompleted(before, await move(before, {}));
      },
    );
  },
);
