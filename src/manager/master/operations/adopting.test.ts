import { beforeEach, describe, expect, it } from 'vitest';
import type { BodyOf } from '../../wire/messages/kinds.ts';
import { MemoryCluster, operator, shape } from '../memory-cluster.example.ts';

let cluster: MemoryCluster;

beforeEach(async () => {
  cluster = new MemoryCluster(['a', 'b']);
  await cluster.join();
});

const machine = (name: string, gibibytes: number, vcpus = 1) => ({
  ...{ name, vcpus, memory: gibibytes * 2 ** 30, disk: 2 ** 30 },
});

async function ask<K extends 'operations' | 'operation' | 'guests' | 'hosts' | 'status'>(
  body: Parameters<typeof cluster.master.answer>[0],
  expected: K,
): Promise<BodyOf<K>> {
  const answer = await cluster.master.answer(body, operator);
  if (answer.kind !== expected) throw new Error(`the master said ${answer.kind}`);
  return answer as BodyOf<K>;
}

const adopt = (machines: BodyOf<'adopt'>['machines'], dryRun = false, id = 'c') =>
  ask({ kind: 'adopt', id, dryRun, machines }, 'operations');
const settle = (id: string, outcome: 'done' | 'failed', reason?: string) =>
  ask({ kind: 'settle', id, outcome, reason }, 'operation');
const promised = async () => {
  const { hosts } = await ask({ kind: 'query', what: 'hosts' }, 'hosts');
  return hosts.map(({ memoryUsed }) => memoryUsed / 2 ** 30);
};

describe('machines that are to be converted', () => {
  // Each host has 8 GiB.
  const three = [machine('small', 3), machine('large', 6), machine('huge', 9)];

  it('are left where they cannot be converted at all', async () => {
    const refused = 'its kernel has no virtio';
    expect(await adopt([{ ...machine('old', 1), refused }])).toMatchObject({
      ...{ operations: [], left: [{ guest: 'old', why: refused }] },
    });
  });

  it('get hosts, the largest first, and those that fit nowhere are told why', async () => {
    const { operations, left } = await adopt(three, true);
    expect(operations.map(({ guest }) => guest)).toEqual(['large', 'small']);
    expect(new Set(operations.map(({ host }) => host)).size).toBe(2);
    expect(left).toEqual([{ guest: 'huge', why: expect.stringContaining('memory') as string }]);
    expect(await promised()).toEqual([0, 0]);
  });

  it('keep their room until it is told what became of them, once', async () => {
    const { operations } = await adopt(three);
    expect((await promised()).sort()).toEqual([3, 6]);
    expect((await adopt(three)).operations).toMatchObject(
      operations.map(({ id, host }) => ({ id, host })),
    );
    await expect(adopt([machine('other', 1)])).rejects.toThrow('was the id of another request');
    const again = await adopt([machine('large', 1)], false, 'd');
    expect(again.left).toMatchObject([{ why: expect.stringContaining('under way') as string }]);
    await cluster.beat();
    const [large, small] = operations;
    expect(await settle(large?.id ?? '', 'done')).toMatchObject({ state: 'done' });
    expect(await settle(large?.id ?? '', 'done')).toMatchObject({ state: 'done' });
    await expect(settle(large?.id ?? '', 'failed')).rejects.toThrow('is done already');
    expect(await settle(small?.id ?? '', 'failed', 'it was lost')).toMatchObject({
      ...{ state: 'undone', reason: 'it was lost' },
    });
    expect((await promised()).sort()).toEqual([0, 6]);
    expect(cluster.world.deeds).toEqual([]);
  });

  it('are guests then that no agent runs: they are shown as such, and left alone', async () => {
    const [large] = (await adopt([machine('large', 6)])).operations;
    await settle(large?.id ?? '', 'done');
    const { guests } = await ask({ kind: 'query', what: 'guests' }, 'guests');
    expect(guests).toMatchObject([{ name: 'large', host: large?.host, state: 'unmanaged' }]);
    const { running } = await ask({ kind: 'query', what: 'status' }, 'status');
    expect(running).toBe(0);
    await expect(cluster.submit({ id: '1', action: 'stop', guest: 'large' })).rejects.toThrow(
      'guest large was converted: its agent does not run it',
    );
    const again = await adopt([machine('large', 6)], false, 'd');
    expect(again.left).toMatchObject([
      { guest: 'large', why: expect.stringContaining(`runs on ${large?.host}`) as string },
    ]);
    const evacuate = { kind: 'arrange', id: 'e', what: 'evacuate', dryRun: false } as const;
    const { left } = await ask({ ...evacuate, host: large?.host }, 'operations');
    expect(left).toMatchObject([
      { guest: 'large', why: expect.stringContaining('converted') as string },
    ]);
    const removed = await cluster.submit({ id: '2', action: 'remove', guest: 'large' });
    expect(removed).toMatchObject({ state: 'done' });
    expect(await promised()).toEqual([0, 0]);
    expect(cluster.world.deeds).toEqual([]);
  });

  it('are not what `submit` is for', async () => {
    await expect(
      cluster.submit({ id: '1', action: 'convert', guest: 'x', spec: shape }),
    ).rejects.toThrow('converted by adopt');
    await expect(settle('none', 'done')).rejects.toThrow('there is no conversion none');
  });
});
