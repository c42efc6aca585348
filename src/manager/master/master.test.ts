import { beforeEach, describe, expect, it } from 'vitest';
import { requestKey } from '../wire/certificates/keys.ts';
import { fingerprint } from '../wire/certificates/trust.ts';
import { join } from '../wire/messages/documents.ts';
import type { Body } from '../wire/messages/kinds.ts';
import { namespace } from '../wire/messages/message.ts';
import { writeShape } from '../wire/messages/shape.ts';
import { authority, Killed, MemoryCluster, operator, shape } from './memory-cluster.example.ts';
import { isPending } from './state.ts';

const hosts = ['a', 'b', 'c'];
const refusal = (reason: string) => expect.objectContaining({ name: 'Refusal', reason }) as Error;

let cluster: MemoryCluster;

beforeEach(async () => {
  cluster = new MemoryCluster(hosts);
  await cluster.join();
});

const create = (id: string, guest: string, host?: string) =>
  cluster.submit({ id, action: 'create', guest, spec: shape, host });

describe('operations', () => {
  it('go from accepted to done, from creation to removal', async () => {
    expect(await create('1', 'web', 'a')).toMatchObject({ state: 'accepted', host: 'a' });
    await cluster.settle();
    await cluster.submit({ id: '2', action: 'migrate', guest: 'web', host: 'b' });
    await cluster.settle();
    expect(cluster.world.guests.get('web')).toEqual({ host: 'b', state: 'running' });
    await cluster.submit({ id: '3', action: 'stop', guest: 'web' });
    await cluster.settle();
    await cluster.submit({ id: '4', action: 'start', guest: 'web' });
    await cluster.settle();
    await cluster.submit({ id: '5', action: 'stop', guest: 'web' });
    await cluster.settle();
    await cluster.submit({ id: '6', action: 'remove', guest: 'web' });
    await cluster.settle();
    expect(cluster.world.deeds).toEqual([
      ...['create web a', 'receive web b', 'send web a', 'stop web b', 'start web b'],
      ...['stop web b', 'remove web b'],
    ]);
    expect(cluster.state().guests).toEqual({});
    const states = Object.values(cluster.state().operations).map(({ state }) => state);
    expect(states).toEqual(Array.from({ length: 6 }, () => 'done'));
  });

  it('are placed by policy, and spread as guests are on their way', async () => {
    const all = await Promise.all(['1', '2', '3'].map((id) => create(id, `g${id}`)));
    expect(all.map(({ host }) => host).sort()).toEqual(hosts);
  });

  it('mean the same, however often the same request comes', async () => {
    await create('1', 'web');
    await create('1', 'web');
    await cluster.settle();
    expect(await create('1', 'web')).toMatchObject({ state: 'done' });
    expect(cluster.world.deeds).toHaveLength(1);
    await expect(create('1', 'other')).rejects.toThrow(refusal('not allowed'));
  });

  it('change nothing as a dry run', async () => {
    const asked = { id: '1', action: 'create', guest: 'web', spec: shape, dryRun: true } as const;
    expect(await cluster.submit(asked)).toMatchObject({ action: 'create', guest: 'web' });
    await cluster.settle();
    expect(cluster.world.deeds).toEqual([]);
    expect(cluster.state().operations).toEqual({});
  });

  it('that fail are undone, with the reason', async () => {
    cluster.world.failing.add('create web').add('send db');
    await create('1', 'web');
    await create('2', 'db', 'a');
    await cluster.settle();
    await cluster.submit({ id: '3', action: 'migrate', guest: 'db', host: 'b' });
    await cluster.settle();
    expect(cluster.state().operations).toMatchObject({
      1: { state: 'undone', reason: 'create of web failed' },
      3: { state: 'undone', reason: 'send of db failed' },
    });
    expect(cluster.world.deeds.slice(-2)).toEqual(['receive db b', 'discard db b']);
    expect(cluster.world.places.size).toBe(0);
    expect(cluster.state().guests).toMatchObject({ db: { host: 'a' } });
  });

  it('are undone by another try where undoing fails, also by the next master', async () => {
    cluster.world.failing.add('send db').add('discard db');
    await create('2', 'db', 'a');
    await cluster.settle();
    await cluster.submit({ id: '3', action: 'migrate', guest: 'db', host: 'b' });
    for (let beat = 0; beat < 5; beat++) await cluster.beat();
    expect(cluster.state().operations['3']).toMatchObject({ state: 'undoing', at: 1 });
    expect(cluster.world.resumed).toEqual([]);
    cluster.startMaster();
    cluster.world.failing.delete('discard db');
    cluster.now += 10_000;
    await cluster.settle();
    expect(cluster.state().operations['3']).toMatchObject({
      ...{ state: 'undone', reason: 'send of db failed' },
    });
    expect(cluster.world.places.size).toBe(0);
    expect(cluster.world.resumed).toEqual(['db']);
  });

  it('end with a word where undoing fails again and again, and nothing before it is undone', async () => {
    cluster.world.failing.add('send db').add('discard db');
    await create('2', 'db', 'a');
    await cluster.settle();
    await cluster.submit({ id: '3', action: 'migrate', guest: 'db', host: 'b' });
    for (let round = 0; round < 35; round++) {
      await cluster.beat();
      cluster.now += 10_000;
    }
    expect(cluster.state().operations['3']).toMatchObject({
      state: 'undone',
      reason: 'send of db failed; its traces could not be removed: discard of db failed',
    });
    expect(cluster.world.resumed).toEqual([]);
  });

  it('of a host that is cut off for 10 s go on when it is back', async () => {
    await create('1', 'web', 'a');
    cluster.cutOff.add('a');
    for (let second = 0; second < 10; second++) {
      cluster.now += 1000;
      await cluster.beat();
    }
    expect(await query('hosts')).toMatchObject({
      hosts: [{ name: 'a', health: 'suspect' }, {}, {}],
    });
    await expect(create('2', 'db', 'a')).rejects.toThrow(/no place for db/);
    cluster.cutOff.clear();
    await cluster.settle();
    expect(cluster.state().operations['1']).toMatchObject({ state: 'done' });
    expect(await query('hosts')).toMatchObject({ hosts: [{ health: 'up', guests: 1 }, {}, {}] });
  });

  it('are refused where they make no sense', async () => {
    await create('1', 'web', 'a');
    await expect(cluster.submit({ id: '2', action: 'stop', guest: 'web' })).rejects.toThrow(
      refusal('busy'),
    );
    await cluster.settle();
    const refused = [
      { id: '2', action: 'create', guest: 'web', spec: shape },
      { id: '2', action: 'create', guest: 'big', spec: { ...shape, memory: 2 ** 40 } },
      { id: '2', action: 'create', guest: 'none', spec: { ...shape, vcpus: 0 } },
      { id: '2', action: 'create', guest: 'none' },
      { id: '2', action: 'start', guest: 'web' },
      { id: '2', action: 'remove', guest: 'web' },
      { id: '2', action: 'stop', guest: 'constructor' },
      { id: '2', action: 'migrate', guest: 'web', host: 'a' },
      { id: '2', action: 'migrate', guest: 'web', host: 'nowhere' },
      { id: '2:3', action: 'stop', guest: 'web' },
      { id: 'x'.repeat(101), action: 'stop', guest: 'web' },
    ] as const;
    for (const body of refused) {
      await expect(cluster.submit(body)).rejects.toThrow(refusal('not allowed'));
    }
    await expect(
      cluster.submit({ id: '2', action: 'create', guest: 'x', spec: shape, policy: 'luck' }),
    ).rejects.toThrow(/expected one of/);
    // Nothing of it is left.
    await cluster.submit({ id: '3', action: 'create', guest: 'x', spec: shape });
    await cluster.settle();
    expect(cluster.state().guests['x']).toBeDefined();
  });
});

const query = (what: 'status' | 'hosts' | 'guests' | 'operations') =>
  cluster.master.answer({ kind: 'query', what }, operator);

/** What three clients ask for; each asks again until it has an answer, as they would. */
const story = [
  { id: '1', action: 'create', guest: 'web', spec: shape, host: 'a' },
  { id: '2', action: 'create', guest: 'db', spec: shape, host: 'b' },
  { id: '3', action: 'migrate', guest: 'web', host: 'b' },
  { id: '4', action: 'stop', guest: 'db' },
  { id: '5', action: 'remove', guest: 'db' },
] as const;

describe('killed at any moment', () => {
  /** Goes through the story; what is killed is started again by `restart`. */
  async function live(restart: () => void): Promise<void> {
    for (const step of story) {
      for (let attempt = 0; ; attempt++) {
        try {
          await cluster.submit(step);
          await cluster.settle();
          break;
        } catch (error) {
          if (!(error instanceof Killed) && !isNotRecorded(error)) throw error;
          restart();
          await restarted();
        }
      }
    }
  }

  async function restarted(): Promise<void> {
    for (const agent of cluster.agents.values()) {
      await agent.idle();
      await agent.settle();
    }
    await cluster.join();
  }

  function isNotRecorded(error: unknown): boolean {
    return error instanceof Error && error.name === 'NotRecorded';
  }

  /** Every accepted operation is over, and nothing was done twice. */
  function expectOnce(): void {
    const operations = Object.values(cluster.state().operations);
    expect(operations.filter(isPending)).toEqual([]);
    const deeds = cluster.world.deeds.filter((deed) => !/^(discard|remove)/.test(deed));
    expect(new Set(deeds).size).toBe(deeds.length);
    const known = Object.values(cluster.state().guests).map(({ name, host }) => [name, host]);
    const real = [...cluster.world.guests].map(([name, { host }]) => [name, host]);
    expect(known).toEqual(real);
    expect(cluster.world.places.size).toBe(0);
  }

  it('a master leaves every accepted operation done or undone, none twice', async () => {
    for (let steps = 1; ; steps += 23) {
      cluster = new MemoryCluster(hosts);
      await cluster.join();
      cluster.masterDisk.steps = steps;
      let kills = 0;
      await live(() => {
        kills++;
        cluster.masterDisk.restart(steps % 2 === 0 ? 'kept' : 'lost', () => (steps % 5) / 4);
        cluster.startMaster();
      });
      expectOnce();
      expect(Object.values(cluster.state().operations).map(({ state }) => state)).toEqual(
        story.map(() => 'done'),
      );
      if (kills === 0) break;
    }
  });

  it('an agent leaves them done or undone too', async () => {
    for (let steps = 1; ; steps += 17) {
      cluster = new MemoryCluster(hosts);
      await cluster.join();
      const disk = cluster.agentDisks.get('b');
      if (disk === undefined) throw new Error('no b');
      disk.steps = steps;
      let kills = 0;
      const beat = cluster.beat.bind(cluster);
      cluster.beat = async () => {
        // Its process is gone as soon as its disk says so; it is started again later.
        if (disk.steps <= 0) {
          kills++;
          disk.restart('kept', () => 1);
          await cluster.agents.get('b')?.idle();
          await cluster.startAgent('b').settle();
          await cluster.register('b');
        }
        await beat();
      };
      for (const step of story) {
        await cluster.submit(step).catch((error: unknown) => {
          if (!/is stopped|is running|no guest/.test(String(error))) throw error;
        });
        await cluster.settle();
      }
      expectOnce();
      if (kills === 0) break;
    }
  });
});

describe('with a full disk', () => {
  it('new work is refused, what is under way comes to its end when there is space', async () => {
    await create('1', 'web', 'a');
    cluster.masterDisk.space = 0;
    await expect(create('2', 'db')).rejects.toThrow(/state log cannot be written/);
    await expect(cluster.beat()).rejects.toThrow(/state log cannot be written/);
    expect(await query('status')).toMatchObject({ kind: 'status', pending: 1, guests: 0 });
    cluster.masterDisk.space = Infinity;
    await cluster.settle();
    expect(cluster.state().operations).toMatchObject({ 1: { state: 'done' } });
    expect(cluster.world.deeds).toEqual(['create web a']);
  });
});

describe('who may what', () => {
  const agent = { name: 'a', role: 'agent' } as const;

  it('is decided by the role in the certificate', async () => {
    const asked: [Body, typeof agent | typeof operator][] = [
      [{ kind: 'submit', id: '1', action: 'stop', guest: 'web', dryRun: false }, agent],
      [{ kind: 'invite', host: 'x' }, agent],
      [{ kind: 'revoke', name: 'b' }, agent],
      [{ kind: 'query', what: 'guests' }, agent],
      [{ kind: 'heartbeat', boot: 'b', guests: [], results: [] }, operator],
      [{ kind: 'command', id: '1', step: 'stop', guest: 'web' }, operator],
    ];
    for (const [body, peer] of asked) {
      await expect(cluster.master.answer(body, peer)).rejects.toThrow(refusal('not allowed'));
    }
  });

  it('a result counts only from the host that was commanded', async () => {
    await create('1', 'web', 'a');
    const results = [{ command: '1:0', outcome: 'done' as const }];
    const body = { kind: 'heartbeat' as const, boot: 'boot', guests: [], results };
    await cluster.master.answer(body, { name: 'b', role: 'agent' });
    expect(cluster.state().operations['1']).toMatchObject({ state: 'doing' });
  });
});

describe('joining', () => {
  async function token(host: string): Promise<string> {
    const answer = await cluster.master.answer({ kind: 'invite', host }, operator);
    if (answer.kind !== 'invitation') throw new Error(answer.kind);
    return answer.token;
  }

  const document = (data: { name: string; token: string; request: string }) =>
    Buffer.from(writeShape('join', join, data, namespace));

  it('takes a token, once, for the host that it was made for, in time', async () => {
    const text = await token('d');
    const [id = '', secret = '', pin] = text.split('.');
    expect(pin).toBe(fingerprint(authority.certificate));
    const [key, other] = await Promise.all([requestKey('d'), requestKey('d')]);
    const attempt = (changes: Partial<Parameters<typeof document>[0]>) =>
      cluster.master.join(
        document({ name: 'd', token: `${id}.${secret}`, request: key.request, ...changes }),
      );
    const bad = [
      { name: 'e' },
      { token: `${id}.${'0'.repeat(40)}` },
      { token: `x.${secret}` },
      { token: 'constructor.x' },
      { token: '' },
    ];
    for (const changes of bad)
      await expect(attempt(changes)).rejects.toThrow(/Refusal|token|schema/);
    const answer = await attempt({});
    expect(answer).toMatch(/^<joined /);
    expect(await attempt({})).toBe(answer);
    await expect(attempt({ request: other.request })).rejects.toThrow(refusal('token'));
    expect(cluster.state().hosts).toHaveProperty('d');
    const late = await token('e');
    cluster.now += 61 * 60_000;
    const lateOne = { name: 'e', token: late.split('.').slice(0, 2).join('.') };
    await expect(attempt(lateOne)).rejects.toThrow(refusal('token'));
  });

  it('is not possible under the name of somebody else', async () => {
    const { request } = await requestKey('x');
    await cluster.master.answer({ kind: 'renew', request }, operator);
    await expect(token('operator')).rejects.toThrow(refusal('not allowed'));
    await expect(token('../x')).rejects.toThrow(/host/);
  });

  it('a certificate is renewed and revoked by name', async () => {
    const { request } = await requestKey('x');
    const renewed = await cluster.master.answer({ kind: 'renew', request }, operator);
    expect(renewed.kind).toBe('certificate');
    const answer = await cluster.master.answer({ kind: 'revoke', name: 'operator' }, operator);
    expect(answer).toEqual({
      kind: 'ok',
      revoked: [...cluster.master.revoked].map((serial) => ({ serial })),
    });
    expect(cluster.master.revoked.size).toBe(1);
    // One that was asked for before, and comes after.
    const late = cluster.master.answer({ kind: 'renew', request }, operator);
    await expect(late).rejects.toThrow(refusal('revoked'));
    const nobody = cluster.master.answer({ kind: 'revoke', name: 'nobody' }, operator);
    await expect(nobody).rejects.toThrow(refusal('not allowed'));
  });
});
