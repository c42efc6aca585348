import { beforeEach, describe, expect, it } from 'vitest';
import { requestKey } from '../../wire/certificates/keys.ts';
import { MemoryCluster, operator, shape } from '../memory-cluster.example.ts';

let cluster: MemoryCluster;

beforeEach(async () => {
  cluster = new MemoryCluster(['a', 'b']);
  await cluster.join();
  await cluster.submit({ id: 'create', action: 'create', guest: 'web', spec: shape, host: 'a' });
  await cluster.settle();
});

const confirm = (host: string) => cluster.master.answer({ kind: 'confirmFenced', host }, operator);
const remove = (host: string, guests = false) =>
  cluster.master.answer({ kind: 'removeHost', host, guests }, operator);
const state = () => cluster.state();

describe('a host that is lost for good', () => {
  it('counts as off when an operator says so: its guests are started elsewhere', async () => {
    cluster.cutOff.add('a');
    await cluster.pass(60);
    expect(state().guests.web).toMatchObject({ host: 'a' });
    await confirm('a');
    await cluster.pass(5);
    expect(state().guests.web).toMatchObject({ host: 'b', state: 'running' });
    expect(state().hosts.a?.fenced).toMatchObject({ by: 'operator has confirmed it' });
    await remove('a');
    expect(Object.keys(state().hosts)).toEqual(['b']);
    await cluster.pass(20);
    expect(cluster.world.deeds.filter((deed) => deed.startsWith('start web'))).toHaveLength(1);
  });

  it('is not taken for off while it is heard of, nor as soon as a master begins', async () => {
    await expect(confirm('a')).rejects.toThrow(/a was heard of a moment ago/);
    cluster.cutOff.add('a');
    await cluster.pass(30);
    cluster.startMaster();
    await cluster.beat();
    await expect(confirm('a')).rejects.toThrow(/not for 5 s/);
    await expect(confirm('x')).rejects.toThrow(/there is no host x/);
    await cluster.pass(6);
    await confirm('a');
    await confirm('a');
  });

  it('takes guests that have no place elsewhere with it only when asked to', async () => {
    cluster.cutOff.add('a').add('b');
    await cluster.pass(30);
    await expect(remove('a')).rejects.toThrow(/a has web: .*cluster confirm-fenced a/);
    await expect(remove('a', true)).rejects.toThrow(/a has web/);
    await confirm('a');
    await expect(remove('a')).rejects.toThrow(/a has web: .*--with-guests/);
    await remove('a', true);
    expect(state()).toMatchObject({ guests: {} });
    expect(Object.keys(state().hosts)).toEqual(['b']);
  });

  it('gives up what it was told to do', async () => {
    cluster.cutOff.add('a');
    await cluster.submit({ id: 'stop', action: 'stop', guest: 'web' });
    await cluster.pass(30);
    await expect(remove('a')).rejects.toThrow(/operation stop \(stop web\) of a is under way/);
    await confirm('a');
    await cluster.pass(5);
    expect(state().operations.stop).toMatchObject({ state: 'undone', reason: /fenced/ });
  });
});

describe('a host that is well', () => {
  it('may go once it is empty, and come back under its name', async () => {
    await expect(remove('a')).rejects.toThrow(/a has web: .*cluster evacuate a/);
    await cluster.submit({ id: 'move', action: 'migrate', guest: 'web' });
    await cluster.settle();
    await remove('a');
    await expect(remove('a')).rejects.toThrow(/there is no host a/);
    const heartbeat = await cluster.agents.get('a')?.heartbeat();
    const agent = { name: 'a', role: 'agent' } as const;
    if (heartbeat === undefined) throw new Error('no agent a');
    await expect(cluster.master.answer(heartbeat, agent)).rejects.toThrow(/a has not registered/);
    const { request } = await requestKey('a');
    const late = cluster.master.answer({ kind: 'renew', request }, agent);
    await expect(late).rejects.toThrow(/all certificates of a/);
    const invited = await cluster.master.answer({ kind: 'invite', host: 'a' }, operator);
    expect(invited.kind).toBe('invitation');
    await cluster.register('a', 'another');
    cluster.startAgent('a', 'another');
    await cluster.pass(3);
    const answer = await cluster.master.answer({ kind: 'query', what: 'hosts' }, operator);
    const hosts = 'hosts' in answer ? answer.hosts : [];
    expect(hosts).toMatchObject([{ name: 'a', health: 'up' }, { name: 'b' }]);
  });
});
