import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryCluster, shape } from '../memory-cluster.example.ts';

let cluster: MemoryCluster;

beforeEach(async () => {
  cluster = new MemoryCluster(['a', 'b']);
  await cluster.join();
  await cluster.submit({ id: '1', action: 'create', guest: 'web', spec: shape, host: 'a' });
  await cluster.settle();
});

const end = () => void cluster.world.guests.set('web', { host: 'a', state: 'stopped' });
const starts = () => cluster.world.deeds.filter((deed) => deed.startsWith('start web'));
const states = () => Object.values(cluster.state().operations).map(({ state }) => state);

describe('a guest that has ended though nobody has stopped it', () => {
  it('is started again where it was, once', async () => {
    await cluster.pass(5);
    end();
    await cluster.pass(10);
    expect(starts()).toEqual(['start web a']);
    const [, again] = Object.values(cluster.state().operations);
    expect(again).toMatchObject({ action: 'start', decision: 'it had ended by itself' });
    expect(cluster.state().guests.web).toMatchObject({ state: 'running', host: 'a' });
  });

  it('is let alone where somebody has stopped it', async () => {
    await cluster.submit({ id: '2', action: 'stop', guest: 'web' });
    await cluster.settle();
    await cluster.pass(30);
    expect(starts()).toEqual([]);
  });

  it('can be stopped for good while its next start is waited for', async () => {
    cluster.world.failing.add('start web');
    end();
    await cluster.pass(4);
    expect(states()).toEqual(['done', 'undone']);
    const { id } = await cluster.submit({ id: 'stop', action: 'stop', guest: 'web' });
    await cluster.settle();
    expect(cluster.state().operations[id]?.state).toBe('done');
    await cluster.pass(60);
    expect(states()).toEqual(['done', 'undone', 'done']);
  });

  it('is tried again where its start fails, ever more seldom, and not for ever so', async () => {
    cluster.world.failing.add('start web');
    end();
    // At 2, 12, 32, 72, 152 and 312 s at the earliest.
    await cluster.pass(345);
    expect(states().filter((state) => state === 'undone')).toHaveLength(6);
    cluster.world.failing.clear();
    await cluster.pass(345);
    expect(starts()).toHaveLength(1);
    await cluster.pass(700);
    end();
    await cluster.pass(5);
    expect(starts()).toHaveLength(2);
  });

  it('is started ever more seldom where it ends each time', async () => {
    for (let second = 0; second < 340; second++) {
      end();
      await cluster.pass(1);
    }
    expect(starts().length).toBeGreaterThan(2);
    expect(starts().length).toBeLessThan(7);
  });

  it('waits until its host is certain: a heartbeat may tell of a moment before', async () => {
    await cluster.pass(5);
    end();
    await cluster.pass(2);
    cluster.world.guests.set('web', { host: 'a', state: 'running' });
    await cluster.pass(20);
    expect(starts()).toEqual([]);
  });

  it('is nothing that a silent host or a new master makes up', async () => {
    end();
    cluster.cutOff.add('a');
    await cluster.pass(8);
    cluster.startMaster();
    await cluster.pass(20);
    expect(starts()).toEqual([]);
    cluster.cutOff.delete('a');
    await cluster.pass(8);
    expect(starts()).toEqual(['start web a']);
  });
});
