import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { cacheDirectory } from '../guest/image/cache.ts';
import { guestImage } from '../guest/image/index.ts';
import { firstAnswer, fitClockOffset } from '../guest/service.ts';
import type { GuestSpec } from '../hypervisor/hypervisor.ts';
import type { MigrationEvent, MigrationMethod } from '../hypervisor/migration.ts';
import { microSpec } from '../hypervisor/micro-spec.example.ts';
import { monitorOf } from '../hypervisor/qemu/monitor.ts';
import { qemu } from '../hypervisor/qemu/qemu.ts';
import { labDown, labNames, labUp, readLab, type LabRecord } from '../lab/index.ts';
import { connectHosts } from '../remote/connect-host.ts';
import type { Host } from '../remote/host.ts';
import { loadInventory } from '../remote/inventory/index.ts';
import { localShell } from '../remote/local.ts';
import type { CreatedGuest } from './create.ts';
import { migrateGuest, type MigrationResult } from './migrate.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot && process.env.CI === 'true') throw new Error('a lab of namespaces needs root');
const why = isRoot ? '' : ', skipped: needs root';

const MiB = 2 ** 20;
const name = `mig-${process.pid}`;
const cache = cacheDirectory(process.env);
const folder = mkdtempSync(join(tmpdir(), 'vg-mig-hosts-'));
const state = join(folder, 'state');
let hosts: Host[] = [];
let lab: LabRecord;
let count = 0;

afterEach(async () => {
  await Promise.all(hosts.splice(0).map(({ shell }) => shell.close()));
  for (const each of labNames(state)) await labDown({ stateDirectory: state, name: each });
});
afterAll(() => rmSync(folder, { recursive: true }));

const method: MigrationMethod = {
  method: 'pre-copy',
  postCopyAfter: 0.2,
  disk: 'shared',
  multifd: 0,
  xbzrle: false,
  autoConverge: false,
  downtimeLimit: 0.3,
  // Long enough for something to happen in the middle.
  bandwidth: 20 * MiB,
  transport: 'direct',
  timeout: 60,
};

/** Two hosts, and a guest that runs on the first. */
async function guestInLab(): Promise<CreatedGuest> {
  const { inventoryPath } = await labUp({
    ...{ stateDirectory: state, cache, name, namespaces: 2, shared: 'directory' },
  });
  lab = readLab(state, name) as LabRecord;
  hosts = await connectHosts(loadInventory(inventoryPath));
  const [host] = hosts as [Host];
  const image = await guestImage(localShell, cache, { image: 'micro' });
  const disk = '/mnt/shared/disk.img';
  await host.shell.upload(image.disk.path, disk);
  const guest = await qemu.launch(host, await specOn(host, disk));
  await guest.resume();
  const { udp } = guest.service;
  const answer = await firstAnswer(udp, host.clock, AbortSignal.timeout(60_000));
  await guest.control.ready();
  const stamps = { requested: 0, service: answer.at, agent: answer.at };
  const clockOffset = await fitClockOffset(udp, host.clock);
  return { guest, stamps, checks: {}, clockOffset, instance: answer.instance };
}

async function specOn({ shell }: Host, disk: string): Promise<GuestSpec> {
  const image = await guestImage(localShell, cache, { image: 'micro' });
  const address = `10.77.${lab.subnet}.64/24`;
  const directory = `/tmp/vg-${++count}`;
  await shell.run(['mkdir', directory]);
  return microSpec(image, {
    ...{ name: 'mover', mac: '52:54:00:76:67:02', directory, memory: 256 * MiB },
    ...{ disk: { path: disk }, network: { kind: 'bridge', bridge: 'br0', address } },
    consoleLog: join(folder, `console-${count}.log`),
  });
}

async function move(
  created: CreatedGuest,
  changes: Partial<MigrationMethod>,
  onEvent: (event: MigrationEvent) => void = () => undefined,
): Promise<{ result: MigrationResult; events: MigrationEvent[] }> {
  const { disk } = created.guest.spec;
  const target = hosts.find((host) => host !== created.guest.host) as Host;
  const path = changes.disk === 'mirror' ? '/srv/local/copy.img' : disk.path;
  if (changes.disk === 'mirror') {
    const image = await guestImage(localShell, cache, { image: 'micro' });
    const { size } = await stat(image.disk.path);
    await target.shell.run(['truncate', '-s', String(size), path]);
  }
  const events: MigrationEvent[] = [];
  const result = await migrateGuest(
    {
      ...{ created, target, method: { ...method, ...changes } },
      spec: await specOn(target, path),
    },
    new AbortController().signal,
    (event) => {
      events.push(event);
      onEvent(event);
    },
  );
  return { result, events };
}

/** Calls `act` when the event has come so often. */
function once(name: MigrationEvent['event'], act: () => unknown, times = 1) {
  let seen = 0;
  return ({ event }: MigrationEvent) => {
    if (event === name && ++seen === times) void act();
  };
}
const inTheMiddle = (name: MigrationEvent['event'], act: () => unknown) => once(name, act, 2);

const wire = (index: number, to: 'up' | 'down') =>
  localShell.run([
    ...([
      'ip',
      '-n',
      lab.switchNamespace,
      'link',
      'set',
      lab.hosts[index]?.port ?? '',
      to,
    ] as const),
  ]);

function killHost(index: number): void {
  const pid = readFileSync(join(lab.hosts[index]?.folder ?? '', 'pid'), 'utf8');
  process.kill(Number(pid), 'SIGKILL');
}

async function expectAnswer({ guest, instance }: CreatedGuest): Promise<void> {
  const signal = AbortSignal.timeout(20_000);
  const answer = await firstAnswer(guest.service.udp, guest.host.clock, signal);
  expect(answer.instance).toBe(instance);
}

async function expectStillThere(created: CreatedGuest): Promise<void> {
  expect(await created.guest.running()).toBe(true);
  await expectAnswer(created);
  expect(await monitorOf(created.guest).execute('query-block-jobs', {})).toEqual([]);
}

describe.skipIf(!isRoot)(`migration between hosts${why}`, () => {
  it('moves on a bridge, there and back, also when the wire is cut for 3 s', async () => {
    let created = await guestInLab();
    for (const by of ['pre-copy', 'post-copy'] as const) {
      for (const cut of [false, true]) {
        const target = created.guest.host === hosts[0] ? 1 : 0;
        const act = cut
          ? async () => {
              await wire(target, 'down');
              setTimeout(() => void wire(target, 'up'), 3000);
            }
          : () => undefined;
        const when = by === 'post-copy' ? once('resume', act) : inTheMiddle('progress', act);
        const { result, events } = await move(created, { method: by }, when);
        expect(result, JSON.stringify(result)).toMatchObject({ state: 'completed' });
        if (result.state !== 'completed') return;
        created = result.guest;
        expect(created.guest.host).toBe(hosts[target]);
        expect(events.some(({ event }) => event === 'post-copy')).toBe(by === 'post-copy');
        await expectAnswer(created);
      }
    }
    const { result } = await move(created, { disk: 'mirror' });
    expect(result, JSON.stringify(result)).toMatchObject({ state: 'completed' });
  });

  it.each(['shared', 'mirror'] as const)(
    'goes on at the source when the target is cut off for good (disk: %s)',
    async (disk) => {
      const created = await guestInLab();
      const told = await move(
        created,
        { disk },
        inTheMiddle('progress', () => wire(1, 'down')),
      );
      expect(told.result).toMatchObject({ state: 'failed', survivor: 'source' });
      await expectStillThere(created);
    },
  );

  it.each(['shared', 'mirror'] as const)(
    'goes on at the source when the host of the target dies (disk: %s)',
    async (disk) => {
      const created = await guestInLab();
      const told = await move(
        created,
        { disk },
        inTheMiddle('progress', () => killHost(1)),
      );
      expect(told.result).toMatchObject({ state: 'failed', survivor: 'source' });
      await expectStillThere(created);
    },
  );

  it('says that the guest is lost when the host of the source dies', async () => {
    const created = await guestInLab();
    const told = await move(
      created,
      {},
      inTheMiddle('progress', () => killHost(0)),
    );
    expect(told.result).toMatchObject({ state: 'failed', survivor: 'none' });
    const { shell } = hosts[1] as Host;
    await expect(shell.run(['pgrep', 'qemu-system'])).rejects.toThrow('code 1');
  });

  it('says that the guest is lost when the wire of post-copy is cut for good', async () => {
    const created = await guestInLab();
    const cut = once('resume', () => wire(0, 'down'));
    const told = await move(created, { method: 'post-copy' }, cut);
    expect(told.result).toMatchObject({ state: 'failed', survivor: 'none' });
    const { shell } = hosts[1] as Host;
    await expect(shell.run(['pgrep', 'qemu-system'])).rejects.toThrow('code 1');
  });
});
