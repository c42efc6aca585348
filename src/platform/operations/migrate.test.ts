import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { monotonicClock } from '../../base/clock.ts';
import { UserError } from '../../base/errors.ts';
import type { Guest, GuestSpec } from '../hypervisor/hypervisor.ts';
import type {
  MigrationEvent,
  MigrationMethod,
  MigrationOutcome,
  PreparedMigration,
} from '../hypervisor/migration.ts';
import { processExists } from '../hypervisor/qemu/process.ts';
import { CommandError, type Argv, type Shell } from '../remote/shell.ts';
import { thisMachine } from '../remote/this-machine.ts';
import type { CreatedGuest } from './create.ts';
import { migrateGuest } from './migrate.ts';

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const act of cleanUp.splice(0)) act();
});

const instance = '00112233aabbccdd';

/** A guest that answers as `seen`, as long as it runs. */
async function fakeGuest(name: string, seen: string, { endless = false, runs = true } = {}) {
  const socket = createSocket('udp4');
  cleanUp.push(() => socket.close());
  const state = { runs, ended: false };
  socket.on('message', (message, from) => {
    const sequence = message.toString().split(' ')[1] ?? '';
    const now = process.hrtime.bigint();
    if (state.runs) {
      socket.send(`VG1 ${sequence} ${seen} ${now} ${now}\n`, from.port, from.address);
    }
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const address = { host: '127.0.0.1', port: socket.address().port };
  const shell = {
    run: (argv: Argv) =>
      state.ended && !endless
        ? Promise.reject(new CommandError(name, argv, 'ended with code 1', { code: 1 }))
        : Promise.reject(new CommandError(name, argv, 'did not run (no route to host)')),
  };
  const guest = {
    spec: { name },
    exists: () => processExists(shell as unknown as Shell, 4711),
    host: { ...thisMachine('/cache', name), shell },
    service: { udp: address, http: address },
    gone: new Promise(() => undefined),
    control: { ready: () => Promise.resolve(1) },
    running: () => Promise.resolve(state.runs),
    destroy: () => {
      state.ended = true;
      state.runs = false;
      return Promise.resolve();
    },
  } as unknown as Guest;
  return { guest, state };
}

type Fake = Awaited<ReturnType<typeof fakeGuest>>;

/** Migrates by a backend that does as told. */
async function migrate(
  source: Fake,
  target: Fake,
  backend: {
    prepare?: () => Promise<PreparedMigration>;
    run?: (onEvent: (event: MigrationEvent) => void) => MigrationOutcome;
    signal?: AbortSignal;
  },
) {
  const abandoned = { times: 0 };
  const prepared: PreparedMigration = {
    service: target.guest.service,
    run: (_signal, onEvent) =>
      Promise.resolve(backend.run?.(onEvent) ?? { state: 'failed', reason: 'none' }),
    abandon: () => {
      abandoned.times++;
      return Promise.resolve();
    },
  };
  const migration = { prepare: backend.prepare ?? (() => Promise.resolve(prepared)) };
  Object.assign(source.guest, { hypervisor: { name: 'fake', migration } });
  const created = { guest: source.guest, instance, stamps: { agent: 1 } } as CreatedGuest;
  const events: MigrationEvent['event'][] = [];
  const result = await migrateGuest(
    {
      created,
      target: target.guest.host,
      spec: {} as GuestSpec,
      method: {} as MigrationMethod,
    },
    backend.signal ?? new AbortController().signal,
    ({ event }) => events.push(event),
  );
  return { result, events, abandoned };
}

/** What a backend does whose guest moves. */
const switched = (source: Fake, target: Fake) => (onEvent: (event: MigrationEvent) => void) => {
  source.state.runs = false;
  target.state.runs = true;
  onEvent({ at: monotonicClock.now(), event: 'resume' });
  return { state: 'switched', guest: target.guest, report: { raw: 1 } } as const;
};

describe('migrateGuest', () => {
  it('is completed when the same boot answers and the source is proven gone', async () => {
    const source = await fakeGuest('one', instance);
    const target = await fakeGuest('two', instance, { runs: false });
    const { result, events } = await migrate(source, target, { run: switched(source, target) });
    expect(result).toMatchObject({ state: 'completed', report: { raw: 1 }, guest: { instance } });
    expect(source.state).toEqual({ runs: false, ended: true });
    expect(events).toEqual(['resume', 'answered']);
  });

  it('is failed when another boot answers, or nobody can say that the source is gone', async () => {
    const impostor = await fakeGuest('two', 'ffffffffffffffff', { runs: false });
    const source = await fakeGuest('one', instance);
    const other = await migrate(source, impostor, { run: switched(source, impostor) });
    expect(other.result).toMatchObject({ state: 'failed', survivor: 'target' });
    expect(other.result).toHaveProperty('guest', impostor.guest);
    expect(other.result).toHaveProperty('reason', expect.stringContaining('another guest'));

    const away = await fakeGuest('one', instance, { endless: true });
    const target = await fakeGuest('two', instance, { runs: false });
    const doubtful = await migrate(away, target, { run: switched(away, target) });
    expect(doubtful.result).toMatchObject({ state: 'failed', survivor: 'target' });
    expect(doubtful.result).toHaveProperty('reason', expect.stringContaining('not proven gone'));
  });

  it('says that it did not converge only when the source still answers', async () => {
    const report = { raw: 2 };
    const run = () => ({ state: 'not-converged', report }) as const;
    const target = await fakeGuest('two', instance, { runs: false });
    const source = await fakeGuest('one', instance);
    const stayed = await migrate(source, target, { run });
    expect(stayed.result).toEqual({ state: 'not-converged', report });
    expect(source.state.runs).toBe(true);
  });

  it('says who is left after a failure, and ends a source that does not run', async () => {
    const run = () => ({ state: 'failed', reason: 'broken' }) as const;
    const target = await fakeGuest('two', instance, { runs: false });
    const alive = await fakeGuest('one', instance);
    expect((await migrate(alive, target, { run })).result).toEqual({
      ...{ state: 'failed', reason: 'broken', survivor: 'source' },
    });
    const held = await fakeGuest('one', instance, { runs: false });
    expect((await migrate(held, target, { run })).result).toEqual({
      ...{ state: 'failed', reason: 'broken', survivor: 'none' },
    });
    expect(held.state.ended).toBe(true);
    const away = await fakeGuest('one', instance, { runs: false, endless: true });
    const unknown = (await migrate(away, target, { run })).result;
    expect(unknown).toMatchObject({ state: 'failed', survivor: 'none' });
    expect(unknown).toHaveProperty('reason', expect.stringContaining('source runs is not known'));
  });

  it('passes on a mistake of the user, tells other failures to prepare', async () => {
    const source = await fakeGuest('one', instance);
    const target = await fakeGuest('two', instance, { runs: false });
    const mistake = () => Promise.reject(new UserError({ message: 'expected a plan' }));
    await expect(migrate(source, target, { prepare: mistake })).rejects.toThrow('expected a plan');
    const broken = () => Promise.reject(new Error('no QEMU there'));
    expect((await migrate(source, target, { prepare: broken })).result).toEqual({
      ...{ state: 'failed', reason: 'no QEMU there', survivor: 'source' },
    });
  });

  it('leaves the guest where it is when it is interrupted before it runs', async () => {
    const source = await fakeGuest('one', instance);
    const target = await fakeGuest('two', instance, { runs: false });
    const signal = AbortSignal.abort(new Error('stop'));
    const { result, abandoned } = await migrate(source, target, {
      ...{ run: switched(source, target), signal },
    });
    expect(result).toMatchObject({ state: 'failed', survivor: 'source' });
    expect(abandoned.times).toBe(1);
    expect(source.state).toEqual({ runs: true, ended: false });
  });

  it('refuses a hypervisor that cannot migrate', async () => {
    const { guest } = await fakeGuest('one', instance);
    Object.assign(guest, { hypervisor: { name: 'fixed' } });
    const request = { created: { guest }, target: guest.host } as Parameters<
      typeof migrateGuest
    >[0];
    await expect(migrateGuest(request, new AbortController().signal)).rejects.toThrow(
      'expected a hypervisor that can migrate guests, got fixed',
    );
  });
});
