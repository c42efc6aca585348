import { beforeEach, expect, it } from 'vitest';
import type { BodyOf } from '../../wire/messages/kinds.ts';
import { MemoryCluster, operator, shape } from '../memory-cluster.example.ts';

let cluster: MemoryCluster;

beforeEach(async () => {
  cluster = new MemoryCluster(['a', 'b', 'c']);
  await cluster.join();
});

async function arrange(body: Omit<BodyOf<'arrange'>, 'kind' | 'dryRun'> & { dryRun?: boolean }) {
  const answer = await cluster.master.answer({ kind: 'arrange', dryRun: false, ...body }, operator);
  if (answer.kind !== 'operations') throw new Error(`the master said ${answer.kind}`);
  return answer;
}

async function create(guest: string, host: string): Promise<void> {
  await cluster.submit({ id: guest, action: 'create', guest, spec: shape, host });
  await cluster.settle();
}

const guestsOn = (host: string) =>
  [...cluster.world.guests].filter(([, guest]) => guest.host === host).map(([name]) => name);

it('evacuates a host one guest after the other, once, and it takes none until it is returned', async () => {
  for (const guest of ['x', 'y', 'z']) await create(guest, 'a');
  await create('off', 'a');
  await cluster.submit({ id: 'stop', action: 'stop', guest: 'off' });
  await cluster.settle();
  const asked = { id: 'e', what: 'evacuate', host: 'a' } as const;
  const planned = await arrange({ ...asked, dryRun: true });
  expect(planned.operations).toHaveLength(3);
  await cluster.settle();
  expect(guestsOn('a')).toHaveLength(4);
  const answer = await arrange(asked);
  expect(answer.left).toEqual([{ guest: 'off', why: 'it does not run' }]);
  await arrange(asked);
  await cluster.settle();
  expect(guestsOn('a')).toEqual(['off']);
  expect(await arrange(asked)).toMatchObject({ operations: [{ state: 'done' }, {}, {}] });
  const sends = cluster.world.deeds.filter((deed) => /^(receive|send)/.test(deed));
  expect(sends.map((deed) => deed.split(' ')[0])).toEqual([
    ...['receive', 'send', 'receive', 'send', 'receive', 'send'],
  ]);
  const onA = { id: 'n', action: 'create', guest: 'n', spec: shape, host: 'a' } as const;
  await expect(cluster.submit(onA)).rejects.toThrow(/no place for n/);
  await arrange({ id: 'r', what: 'return', host: 'a' });
  await cluster.submit(onA);
});

it('refuses another arrangement under an id, and one in the middle of operations', async () => {
  await create('x', 'a');
  await arrange({ id: 'e', what: 'evacuate', host: 'a' });
  await expect(arrange({ id: 'e', what: 'rebalance' })).rejects.toThrow(/id of another request/);
  await expect(arrange({ id: 'f', what: 'rebalance' })).rejects.toThrow(/is under way/);
  await expect(arrange({ id: 'g', what: 'evacuate', host: 'nobody' })).rejects.toThrow();
});

it('evens hosts out, and empties them', async () => {
  for (const guest of ['x', 'y', 'z']) await create(guest, 'a');
  await arrange({ id: 'r', what: 'rebalance' });
  await cluster.settle();
  expect(['a', 'b', 'c'].map((host) => guestsOn(host).length)).toEqual([1, 1, 1]);
  await arrange({ id: 'c', what: 'consolidate' });
  await cluster.settle();
  expect(['a', 'b', 'c'].map((host) => guestsOn(host).length).sort()).toEqual([0, 0, 3]);
});

it('does not go on with moves that need the room of one that failed', async () => {
  for (const guest of ['x', 'y', 'z']) await create(guest, 'a');
  const { operations } = await arrange({ id: 'r', what: 'rebalance', dryRun: true });
  cluster.world.failing.add(`send ${operations[0]?.guest ?? ''}`);
  await arrange({ id: 'r', what: 'rebalance' });
  await cluster.settle();
  const states = Object.values(cluster.state().operations).filter(({ part }) => part === 'r');
  expect(states.map(({ state }) => state)).toEqual(operations.map(() => 'undone'));
  expect(guestsOn('a')).toHaveLength(3);
});
