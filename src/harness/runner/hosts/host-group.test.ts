import { expect, it } from 'vitest';
import type { Host } from '../../../platform/remote/host.ts';
import { localShell } from '../../../platform/remote/local.ts';
import { CommandError } from '../../../platform/remote/shell.ts';
import { thisMachine } from '../../../platform/remote/this-machine.ts';
import { HostGroup } from './host-group.ts';
import type { HostLock } from './host-lock.ts';

/** A host elsewhere that is reached through a shell of this machine, while it is up. */
function remote(name: string) {
  const state = { up: true };
  const down = () => {
    throw new CommandError(name, ['true'], 'did not run (no answer within 15 s)');
  };
  const host: Host = {
    ...thisMachine('/nonexistent', name),
    entry: {
      ...{ name, address: '10.0.0.1', runtime: '/tmp', storages: {} },
      ssh: { address: '10.0.0.1', port: 22, user: 'root', knownHosts: ['/nonexistent'] },
    },
    shell: {
      ...localShell,
      run: (argv, options) => (state.up ? localShell.run(argv, options) : down()),
      open: (argv, options) => (state.up ? localShell.open(argv, options) : down()),
    },
  };
  return { host, state };
}

function lock(): { lock: HostLock; lose: (why: string) => void } {
  let lose: (why: string) => void = () => undefined;
  const lost = new Promise<string>((resolve) => (lose = resolve));
  return { lock: { lost, release: () => Promise.resolve() }, lose };
}

it('of this machine is always there', async () => {
  const group = new HostGroup([thisMachine('/nonexistent')], new Map());
  await group.require();
  expect(group.loss()).toBeUndefined();
});

it('tells when a host is lost, and takes it back once it answers', async () => {
  const { host, state } = remote('h2');
  const { lock: held, lose } = lock();
  const group = new HostGroup([thisMachine('/nonexistent'), host], new Map([['h2', held]]));
  await group.require();
  const told: string[] = [];
  group.onLost((why) => told.push(why));
  state.up = false;
  lose('the host does not answer any more');
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toEqual(['host h2 is out of reach: the host does not answer any more']);
  await expect(group.require()).rejects.toThrow(/^host h2 is out of reach: no answer within 15 s$/);
  expect(group.loss()).toMatch(/^host h2/);
  state.up = true;
  await group.require();
  expect(group.loss()).toBeUndefined();
  await group.release();
});

it('tells nobody of a host that is down on purpose, and holds it again afterwards', async () => {
  const { host, state } = remote('h2');
  const { lock: held, lose } = lock();
  const group = new HostGroup([host], new Map([['h2', held]]));
  const told: string[] = [];
  group.onLost((why) => told.push(why));
  await group.during(host, async () => {
    state.up = false;
    lose('the host has lost its power');
    await new Promise((resolve) => setImmediate(resolve));
    group.lose(
      { name: 'storage local on h2', beat: () => Promise.resolve(undefined) },
      'is silent',
    );
    state.up = true;
  });
  expect([told, group.loss()]).toEqual([[], undefined]);
  const stays = group.during(host, async () => {
    state.up = false;
    return Promise.reject(new Error('it does not start'));
  });
  await expect(stays).rejects.toThrow('it does not start');
  await expect(group.require()).rejects.toThrow('host h2 is out of reach');
  state.up = true;
  await group.release();
});

it('is lost while a storage does not answer on one of its hosts', async () => {
  const group = new HostGroup([thisMachine('/nonexistent')], new Map());
  let silence: string | undefined = 'has not answered for 40 s';
  const storage = { name: 'storage shared on h1', beat: () => Promise.resolve(silence) };
  const told: string[][] = [];
  group.onLost((why, kind) => told.push([why, kind]));
  group.lose(storage, 'has not answered for 20 s');
  expect(told).toEqual([['storage shared on h1 has not answered for 20 s', 'storage']]);
  await expect(group.require()).rejects.toThrow('storage shared on h1 has not answered for 40 s');
  expect(group.loss()).toBe('storage shared on h1 has not answered for 40 s');
  silence = undefined;
  await group.require();
  expect(group.loss()).toBeUndefined();
});
