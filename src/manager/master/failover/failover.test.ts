import { beforeEach, expect, it } from 'vitest';
import type { BodyOf } from '../../wire/messages/kinds.ts';
import { MemoryCluster, operator, shape } from '../memory-cluster.example.ts';
import type { MasterState } from '../state.ts';
import { planRestarts } from './failover.ts';

const hosts = ['a', 'b', 'c'];

let cluster: MemoryCluster;

beforeEach(async () => {
  cluster = new MemoryCluster(hosts);
  await cluster.join();
  for (const [id, host] of [
    ['1', 'a'],
    ['2', 'b'],
  ] as const) {
    await cluster.submit({ id, action: 'create', guest: `g${id}`, spec: shape, host });
  }
  await cluster.settle();
});

/** The time passes in which a host that is cut off is heard of no more, and a while more. */
async function silence(seconds = 30): Promise<void> {
  await cluster.pass(seconds);
}

async function ask<K extends 'hosts' | 'guests'>(what: K): Promise<BodyOf<K>> {
  return (await cluster.master.answer({ kind: 'query', what }, operator)) as BodyOf<K>;
}

const hostOf = async (guest: string) =>
  (await ask('guests')).guests.find(({ name }) => name === guest)?.host;

it('starts nothing elsewhere without proof, and says why', async () => {
  cluster.cutOff.add('a');
  await silence();
  expect(cluster.world.deeds.filter((deed) => deed.startsWith('start'))).toEqual([]);
  const [a, b] = (await ask('hosts')).hosts;
  expect(a).toMatchObject({ health: 'suspect' });
  expect(a?.note).toMatch(/has not proved itself \(no way to fence it is configured\)/);
  expect(b?.note).toBeUndefined();
  expect(cluster.refused).toContainEqual(['a', expect.stringMatching(/has not proved itself/)]);
});

it('fences nobody while no host is heard of: it is the master that is cut off', async () => {
  let fenced = 0;
  cluster.fence = () => Promise.resolve(`the plug is out ${++fenced}`);
  cluster.startMaster();
  await cluster.beat();
  for (const host of hosts) cluster.cutOff.add(host);
  await silence();
  expect(fenced).toBe(0);
  expect((await ask('hosts')).hosts[0]?.note).toContain('no host is heard of');
  for (const host of hosts) cluster.cutOff.delete(host);
  await silence(3);
  expect((await ask('hosts')).hosts.map(({ health }) => health)).toEqual(['up', 'up', 'up']);
});

it('starts guests of a host elsewhere once it is proven to be off, each once', async () => {
  let off = false;
  cluster.fence = () =>
    off ? Promise.resolve('the plug is out') : Promise.reject(new Error('the switch is stuck'));
  cluster.startMaster();
  await cluster.beat();
  cluster.cutOff.add('a');
  await silence();
  expect((await ask('hosts')).hosts[0]?.note).toMatch(/the switch is stuck/);
  expect(await hostOf('g1')).toBe('a');
  off = true;
  await silence();
  expect((await ask('hosts')).hosts[0]).toMatchObject({
    health: 'down',
    note: 'fenced: the plug is out',
  });
  expect(await hostOf('g1')).not.toBe('a');
  expect(cluster.world.deeds.filter((deed) => deed.startsWith('start g1'))).toHaveLength(1);
  cluster.startMaster();
  await silence();
  expect(cluster.world.deeds.filter((deed) => deed.startsWith('start g1'))).toHaveLength(1);
});

it('takes a host whose lease has provably ended for fenced, though no other way works', async () => {
  cluster.fence = () => Promise.reject(new Error('the switch is stuck'));
  cluster.leases.set('a', 30);
  cluster.startMaster();
  await cluster.join();
  cluster.cutOff.add('a');
  await silence(30);
  expect((await ask('hosts')).hosts[0]?.note).toMatch(
    /its lease has ended for certain 34 s .*stuck/,
  );
  // A master that starts anew does not know when its predecessor has answered last.
  cluster.startMaster();
  await silence(30);
  expect(await hostOf('g1')).toBe('a');
  await silence(15);
  expect((await ask('hosts')).hosts[0]?.note).toMatch(/^fenced: its lease has ended/);
  expect(await hostOf('g1')).not.toBe('a');
  expect(cluster.world.deeds.filter((deed) => deed.startsWith('start g1'))).toHaveLength(1);
});

it('waits for no lease that was given up', async () => {
  cluster.leases.set('a', 30);
  await cluster.register('a');
  cluster.leases.delete('a');
  await cluster.register('a');
  cluster.cutOff.add('a');
  await silence(200);
  expect(await hostOf('g1')).toBe('a');
});

it('does not end a host that answers again before it was proven to be off', async () => {
  let tries = 0;
  let plug: (() => void) | undefined;
  cluster.fence = () => {
    tries += 1;
    return new Promise((resolve) => {
      plug = () => resolve('the plug is out');
    });
  };
  cluster.startMaster();
  await cluster.beat();
  cluster.cutOff.add('a');
  await silence(15);
  expect(tries).toBe(1);
  // It is heard of while it is fenced: it may have started something since.
  cluster.cutOff.delete('a');
  await silence(2);
  plug?.();
  await silence();
  expect(tries).toBe(1);
  expect(await hostOf('g1')).toBe('a');
  expect(cluster.world.deeds.filter((deed) => deed.startsWith('start g1'))).toEqual([]);
  const [a] = (await ask('hosts')).hosts;
  expect([a?.health, a?.note]).toEqual(['up', undefined]);
  cluster.cutOff.add('a');
  await silence(15);
  expect(tries).toBe(2);
  plug?.();
  await silence(5);
  expect(await hostOf('g1')).not.toBe('a');
});

it('lets a host back that has started anew, and takes from it what is elsewhere now', async () => {
  cluster.fence = () => Promise.resolve('the plug is out');
  cluster.startMaster();
  await cluster.beat();
  cluster.cutOff.add('a');
  await silence();
  cluster.cutOff.delete('a');
  // The same life: it was declared dead.
  await expect(cluster.register('a')).rejects.toThrow(/was fenced: it has to start anew/);
  cluster.world.leftovers.set('g1', 'a');
  cluster.startAgent('a', 'second');
  await cluster.register('a', 'second');
  await silence(3);
  expect((await ask('hosts')).hosts[0]).toMatchObject({ health: 'up' });
  expect(cluster.world.deeds).toContain('forget g1 a');
  expect(cluster.world.leftovers.size).toBe(0);
});

it('takes a host that starts anew for proof that what it ran is over', async () => {
  cluster.world.guests.delete('g1');
  cluster.startAgent('a', 'second');
  await cluster.register('a', 'second');
  await silence(3);
  expect(cluster.world.deeds.filter((deed) => deed.startsWith('start g1'))).toHaveLength(1);
  expect(cluster.world.guests.get('g1')?.state).toBe('running');
});

it('starts what a host had run before it started anew, also what was being changed then', async () => {
  cluster.cutOff.add('a');
  const plug = { id: 'p', action: 'plug', guest: 'g1', change: { what: 'nic' } } as const;
  await cluster.submit(plug);
  cluster.world.guests.delete('g1');
  cluster.world.failing.add('plug nic g1');
  cluster.cutOff.delete('a');
  cluster.startAgent('a', 'second');
  await cluster.register('a', 'second');
  await silence();
  expect(cluster.state().operations.p).toMatchObject({ state: 'undone' });
  expect(cluster.world.deeds.filter((deed) => deed.startsWith('start g1'))).toHaveLength(1);
  expect(cluster.state().guests.g1).toMatchObject({ state: 'running', waiting: undefined });
});

it('tries again what could not be started, after a while', async () => {
  cluster.fence = () => Promise.resolve('the plug is out');
  cluster.startMaster();
  await cluster.beat();
  cluster.world.failing.add('start g1');
  cluster.cutOff.add('a');
  await silence(40);
  const tries = Object.values(cluster.state().operations).filter(({ part }) => part);
  expect(tries.length).toBeGreaterThan(1);
  for (const [at, { id, state, since = 0 }] of tries.entries()) {
    expect([id.slice(0, -13), state]).toEqual([`failover-a-${at + 1}`, 'undone']);
    expect(since - (tries[at - 1]?.since ?? -Infinity)).toBeGreaterThanOrEqual(10_000);
  }
  cluster.world.failing.clear();
  await silence();
  expect(await hostOf('g1')).not.toBe('a');
});

it('looks at no operation where no guest is lost', () => {
  const untouched: MasterState['operations'] = new Proxy(
    {},
    {
      ownKeys: () => expect.unreachable('operations were listed'),
    },
  );
  const isUp = () => true;
  const state = { ...cluster.state(), operations: untouched };
  expect(Object.keys(state.guests)).toHaveLength(2);
  expect(planRestarts(state, isUp, [], cluster.now)).toBeUndefined();
});

it('keeps a guest waiting for which there is no room, and starts it when there is', async () => {
  cluster.fence = () => Promise.resolve('the plug is out');
  cluster.startMaster();
  await cluster.beat();
  const big = { ...shape, memory: 2 ** 32 + 2 ** 31 };
  for (const [id, host] of Object.entries({ x: 'a', y: 'b', z: 'c' })) {
    await cluster.submit({ id, action: 'create', guest: id, spec: big, host });
  }
  await cluster.settle();
  cluster.cutOff.add('a');
  await silence();
  expect(await hostOf('x')).toBe('a');
  expect(cluster.state().guests.x).toMatchObject({ state: 'stopped', waiting: true });
  expect(await hostOf('g1')).not.toBe('a');
  await cluster.submit({ id: 'stop', action: 'stop', guest: 'y' });
  await cluster.settle();
  await cluster.submit({ id: 'remove', action: 'remove', guest: 'y' });
  await silence();
  expect(await hostOf('x')).toBe('b');
  expect(cluster.state().guests.x?.waiting).toBeUndefined();
});

it('ends what was under way on a host that was fenced', async () => {
  cluster.fence = () => Promise.resolve('the plug is out');
  cluster.startMaster();
  await cluster.beat();
  cluster.cutOff.add('b');
  await cluster
    .submit({ id: 'm', action: 'migrate', guest: 'g1', host: 'b' })
    .catch(() => undefined);
  await silence();
  expect(cluster.state().operations.m).toMatchObject({ state: 'undone' });
  expect(cluster.world.guests.get('g1')).toEqual({ host: 'a', state: 'running' });
  expect(await hostOf('g2')).not.toBe('b');
});
