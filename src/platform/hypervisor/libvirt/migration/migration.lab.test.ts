import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { firstAnswer } from '../../../guest/service.ts';
import type { CreatedGuest } from '../../../operations/create.ts';
import { migrateGuest, type MigrationResult } from '../../../operations/migrate.ts';
import type { Host } from '../../../remote/host.ts';
import type { GuestSpec } from '../../hypervisor.ts';
import type { MigrationEvent, MigrationMethod } from '../../migration.ts';
import { LibvirtLab, whyNoLab } from '../lab.example.ts';
import { virsh } from '../virsh.ts';

const why = whyNoLab();
if (why !== undefined && process.env.CI === 'true') throw new Error(why);

const labName = `lm${process.pid}`;
const MiB = 2 ** 20;
const slow = { bandwidth: 20 * MiB };

const usual: MigrationMethod = {
  ...{ method: 'pre-copy', postCopyAfter: 0.5, disk: 'shared', multifd: 0, xbzrle: false },
  ...{ autoConverge: false, downtimeLimit: 0.3, bandwidth: undefined, transport: 'direct' },
  timeout: 60,
};

interface Told {
  result: MigrationResult;
  events: MigrationEvent[];
}

describe.skipIf(why !== undefined)(`live migration by libvirt${why ? ` (${why})` : ''}`, () => {
  let lab: LibvirtLab;
  let isUp = false;
  let current: CreatedGuest | undefined;
  beforeAll(async () => {
    lab = await LibvirtLab.up(labName);
    isUp = true;
  });
  afterAll(() => (isUp ? lab.down() : undefined));
  afterEach(async () => {
    // What a test left in a state that no other one wants.
    if (current === undefined || (await current.guest.running())) return;
    await current.guest.destroy();
    current = undefined;
  });

  /** A guest that runs, with something in its memory. */
  async function running(): Promise<CreatedGuest> {
    current ??= await lab.boot();
    await current.guest.control.writeFile('/run/here', 'before\n');
    return current;
  }

  const otherHost = ({ guest }: CreatedGuest): Host =>
    guest.host === lab.hosts[0] ? lab.hosts[1] : lab.hosts[0];

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
    const target = otherHost(created);
    const { disk } = created.guest.spec;
    const events: MigrationEvent[] = [];
    const request = {
      ...{ created, target, method: { ...usual, ...changes } },
      spec: await lab.spec(target, { disk, ...spec }),
    };
    const result = await migrateGuest(request, signal, (event) => {
      events.push(event);
      onEvent?.(event);
    });
    if (result.state === 'completed') current = result.guest;
    return { result, events };
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

  async function expectMoved(before: CreatedGuest, { result, events }: Told) {
    expect(result, JSON.stringify(result)).toMatchObject({ state: 'completed' });
    if (result.state !== 'completed') throw new Error('unreachable');
    const { guest } = result.guest;
    expect(guest.host).not.toBe(before.guest.host);
    expect(await guest.running()).toBe(true);
    expect(await before.guest.running()).toBe(false);
    expect(await domainsOn(before.guest.host)).toEqual([]);
    expect((await guest.control.run(['cat', '/run/here'])).stdout).toBe('before\n');
    const at = (name: MigrationEvent['event']) =>
      events.find(({ event }) => event === name)?.at ?? Number.NaN;
    for (const [first, second] of [
      ['start', 'stop'],
      ['stop', 'resume'],
      ['resume', 'completed'],
      ['resume', 'answered'],
    ] as const) {
      expect(at(first), `${first} before ${second}`).toBeLessThan(at(second));
    }
    const { report } = result;
    expect(report.totalTime).toBeGreaterThan(0);
    expect(report.downtime).toBeGreaterThan(0);
    expect(report.transferred).toBeGreaterThan(10 * MiB);
    expect(report.rounds).toBeGreaterThan(1);
    return result;
  }

  async function expectStillThere({ guest, instance }: CreatedGuest): Promise<void> {
    expect(await guest.running()).toBe(true);
    const signal = AbortSignal.timeout(30_000);
    const answer = await firstAnswer(guest.service.udp, guest.host.clock, signal);
    expect(answer.instance).toBe(instance);
    const other = guest.host === lab.hosts[0] ? lab.hosts[1] : lab.hosts[0];
    expect(await qemusOn(other)).toBe('');
  }

  async function domainsOn({ shell }: Host): Promise<string[]> {
    return (await virsh(shell, ['list', '--all', '--name'])).split('\n').filter(Boolean);
  }

  async function qemusOn({ shell }: Host): Promise<string> {
    const line = ['sh', '-c', 'pgrep -f "^[^ ]*qemu-system" || true'] as const;
    return (await shell.run(line)).stdout;
  }

  const killQemu = ({ shell }: Host) => shell.run(['pkill', '-KILL', '-f', '^[^ ]*qemu-system']);

  it.each(['direct', 'p2p', 'tunnelled'] as const)('moves by %s', async (transport) => {
    const before = await running();
    await expectMoved(before, await move(before, { transport }));
  });

  it.each([
    ['several streams', { multifd: 2 }],
    ['xbzrle', { xbzrle: true }],
    ['auto-converge', { autoConverge: true }],
  ])('moves with %s', async (_, changes) => {
    const before = await running();
    await expectMoved(before, await move(before, changes));
  });

  it.each(['direct', 'p2p'] as const)('moves by post-copy (%s)', async (transport) => {
    const before = await running();
    const told = await move(before, { method: 'post-copy', transport, ...slow });
    await expectMoved(before, told);
    const order = told.events.map(({ event }) => event);
    expect(order).toContain('post-copy');
    expect(order.indexOf('post-copy')).toBeLessThan(order.indexOf('resume'));
  });

  it.each(['direct', 'p2p'] as const)('takes the disk along (%s)', async (transport) => {
    const before = await running();
    await before.guest.control.writeFile('/root/on-disk', 'moved with the disk\n');
    await before.guest.control.run(['sync']);
    const { shell } = otherHost(before);
    const path = `/srv/local/copy-${transport}.qcow2`;
    const source = before.guest.spec.disk.path;
    const info = await before.guest.host.shell.run([
      'qemu-img',
      'info',
      '--force-share',
      '--output=json',
      source,
    ]);
    const size = (JSON.parse(info.stdout) as { 'virtual-size': number })['virtual-size'];
    await shell.run(['qemu-img', 'create', '-q', '-f', 'qcow2', path, String(size)]);
    const disk = { ...before.guest.spec.disk, path };
    const told = await move(before, { disk: 'mirror', transport }, { spec: { disk } });
    const { guest } = await expectMoved(before, told);
    expect(told.events.map(({ event }) => event)).toContain('mirror-ready');
    const { control } = guest.guest;
    await control.run(['sh', '-c', 'echo 3 > /proc/sys/vm/drop_caches']);
    expect((await control.run(['cat', '/root/on-disk'])).stdout).toBe('moved with the disk\n');
    await control.writeFile('/root/on-disk', 'and written there\n');
    expect(await control.run(['sync'])).toMatchObject({ code: 0 });
    // Its disk is on one host alone.
    await guest.guest.destroy();
  });

  it('says that it does not converge, and leaves the guest where it is', async () => {
    const before = await running();
    const dirtier = ['dirty', '--size', String(64 * MiB), '--rate', '200000000'];
    await before.guest.control.start(['vg-guest', ...dirtier, '--seconds', '10']);
    const told = await move(before, { bandwidth: 2 * MiB, timeout: 3 });
    expect(told.result, JSON.stringify(told.result)).toMatchObject({ state: 'not-converged' });
    expect(told.events.map(({ event }) => event)).not.toContain('stop');
    if (told.result.state === 'not-converged') {
      expect(told.result.report.transferred).toBeGreaterThan(100_000);
      expect(told.result.report).not.toHaveProperty('downtime');
    }
    await expectStillThere(before);
  });

  it('gives up when told to', async () => {
    const before = await running();
    const stop = new AbortController();
    const told = await move(before, slow, {
      signal: stop.signal,
      onEvent: atFirstLook(() => stop.abort(new Error('stop'))),
    });
    expect(told.result).toMatchObject({
      ...{ state: 'failed', survivor: 'source', reason: 'it was interrupted' },
    });
    await expectStillThere(before);
  });

  it.each(['direct', 'p2p'] as const)(
    'goes on at the source when QEMU is killed on the target (%s)',
    async (transport) => {
      const before = await running();
      const target = otherHost(before);
      const told = await move(
        before,
        { transport, ...slow },
        { onEvent: atFirstLook(() => killQemu(target)) },
      );
      expect(told.result).toMatchObject({ state: 'failed', survivor: 'source' });
      await expectStillThere(before);
    },
  );

  it('says that the guest is lost when QEMU is killed on the source', async () => {
    const before = await running();
    const told = await move(before, slow, {
      onEvent: atFirstLook(() => killQemu(before.guest.host)),
    });
    expect(told.result).toMatchObject({ state: 'failed', survivor: 'none' });
    for (const host of lab.hosts) expect(await qemusOn(host)).toBe('');
  });

  it('refuses what cannot work, before the guest is touched', async () => {
    const before = await running();
    await expect(move(before, { transport: 'tunnelled', multifd: 2 })).rejects.toThrow(
      'expected a way to migrate that libvirt knows, got transport: tunnelled with multifd',
    );
    await expect(move(before, {}, { spec: { machine: 'q35' } })).rejects.toThrow(
      'expected the same machine type on both hosts, got pc and q35',
    );
    const disk = { ...before.guest.spec.disk, path: '/mnt/shared/absent.qcow2' };
    const { result } = await move(before, {}, { spec: { disk } });
    expect(result).toMatchObject({ state: 'failed', survivor: 'source' });
    expect(result).toHaveProperty('reason', expect.stringContaining('absent.qcow2'));
    await expectStillThere(before);
  });

  // The last: nothing works there afterwards.
  it("goes on at the source when the target's libvirtd is killed", async () => {
    const before = await running();
    const target = otherHost(before);
    const told = await move(before, slow, {
      onEvent: atFirstLook(() => target.shell.run(['pkill', '-KILL', 'libvirtd'])),
    });
    expect(told.result).toMatchObject({ state: 'failed', survivor: 'source' });
    expect(await before.guest.running()).toBe(true);
    const absent = move(before, {});
    await expect(absent).rejects.toThrow(`expected libvirtd of ${target.name} to answer`);
  });
});
