import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { seededRandom } from '../../base/stats/random.ts';
import { MemoryCluster, operator as role, shape } from '../master/memory-cluster.example.ts';
import type { Operator } from '../member/operator.ts';
import type { Body, BodyOf, Kind } from '../wire/messages/kinds.ts';
import { declared } from './declaration.example.ts';
import { decisionText, type SharingDecision } from './decisions.ts';
import { MemoryFront } from './memory-front.example.ts';
import { planServices, shareServices } from './share-services.ts';

let cluster: MemoryCluster;
let front: MemoryFront;
let decisions: SharingDecision[];
let stop: AbortController;
let beating: Promise<void>;

beforeEach(async () => {
  cluster = new MemoryCluster(['a', 'b']);
  await cluster.join();
  for (const [guest, host, address] of [
    ['web1', 'a', '10.0.0.11/24'],
    ['mail1', 'b', '10.0.0.12/24'],
  ] as const) {
    const spec = { ...shape, address };
    await cluster.submit({ id: guest, action: 'create', guest, spec, host });
  }
  await cluster.settle();
  front = new MemoryFront();
  decisions = [];
  stop = new AbortController();
  beating = beat(stop.signal);
});

afterEach(async () => {
  stop.abort();
  await beating;
});

async function beat(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await cluster.beat();
    await sleep(5);
  }
}

const operator: Operator = {
  async ask<K extends Kind>(body: Body, expected: K): Promise<BodyOf<K>> {
    const answer = await cluster.master.answer(body, role);
    if (answer.kind !== expected) throw new Error(`expected ${expected}, got ${answer.kind}`);
    return answer as BodyOf<K>;
  },
  close: () => Promise.resolve(),
};

function share(signal: AbortSignal) {
  return shareServices({
    ...{ declaration: declared(), front, operator, signal, random: seededRandom('1') },
    clock: { now: () => performance.now() / 1000, fromWall: (at) => at },
    now: () => cluster.now,
    answers: () => Promise.resolve(true),
    onDecision: (decision) => decisions.push(decision),
    onTrouble: (trouble) => expect(trouble).toBe(''),
  });
}

const told = async () =>
  (await operator.ask({ kind: 'query', what: 'services' }, 'services')).directors;
const soon = { timeout: 30_000, interval: 10 };

it('starts a guest of the needy service where the helping one is, and takes it away again', async () => {
  const over = new AbortController();
  const sharing = share(over.signal);
  await expect.poll(() => Object.keys(front.weights()), soon).toHaveLength(2);
  front.ask('10.0.0.100', 70);
  await expect.poll(() => front.weights(), soon).toMatchObject({ '10.0.0.200': 38 });
  expect(cluster.world.guests.get('web-by-mail')).toEqual({ host: 'b', state: 'running' });
  await expect
    .poll(async () => (await told())[0]?.services[0]?.servers.map(({ guest }) => guest), soon)
    .toEqual(['web1', 'web-by-mail']);
  expect((await told())[0]?.grants).toEqual([{ from: 'mail', to: 'web', amount: 38 }]);
  front.ask('10.0.0.100', 5);
  await expect.poll(() => cluster.world.guests.has('web-by-mail'), soon).toBe(false);
  expect(front.weights()).toEqual({ '10.0.0.11': 32, '10.0.0.12': 48 });
  over.abort();
  await sharing;
  expect(decisions.map(decisionText)).toEqual([
    'mail lends 38/s to web: asked for 70/s with a capacity of 40/s, it lacks 38/s',
    expect.stringMatching(/^the guest of mail for web serves .* s later$/),
    'web gives 38/s back to mail: web needs it no more',
    ...(decisions.length > 3 ? ['the guest of mail for web was drained and stopped'] : []),
  ]);
  expect(await told()).toEqual([]);
  expect(front.all).toHaveLength(2);
});

it('takes over what a process before it has left, and nothing of others', async () => {
  const web = { address: '10.0.0.100', port: 80 };
  await front.addService(web);
  for (const address of ['10.0.0.11', '10.0.0.200', '10.0.0.77']) {
    await front.addServer(web, { address, port: 80 }, 7);
  }
  for (const [guest, address] of [
    ['web-by-mail', '10.0.0.200/24'],
    ['mail-by-web', '10.0.0.88/24'],
  ] as const) {
    await cluster.submit({ id: guest, action: 'create', guest, spec: { ...shape, address } });
  }
  await expect.poll(() => cluster.world.guests.size, soon).toBe(4);
  const over = new AbortController();
  const sharing = share(over.signal);
  await expect.poll(() => front.weights()['10.0.0.12'], soon).toBe(48);
  expect(front.weights()).toEqual({ '10.0.0.11': 32, '10.0.0.77': 7, '10.0.0.12': 48 });
  expect([...cluster.world.guests.keys()].sort()).toEqual(['mail-by-web', 'mail1', 'web1']);
  over.abort();
  await sharing;
});

it('leaves the services alone that another process shares', async () => {
  const over = new AbortController();
  const sharing = share(over.signal);
  await expect.poll(async () => (await told()).length, soon).toBe(1);
  await expect(share(over.signal)).rejects.toThrow(/another process shares.* director lvs/);
  over.abort();
  await sharing;
});

it('says what would be decided', async () => {
  await front.addService({ address: '10.0.0.100', port: 80 });
  front.ask('10.0.0.100', 70);
  const plan = { declaration: declared(), front, random: seededRandom('1'), now: () => 0 };
  expect((await planServices(plan)).map(decisionText)).toEqual([
    'mail lends 38/s to web: asked for 70/s with a capacity of 40/s, it lacks 38/s',
  ]);
  expect(front.weights()).toEqual({});
});
