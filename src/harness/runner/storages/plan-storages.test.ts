import { describe, expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { planStorages, requireSharedDisks, type StorageHost } from './plan-storages.ts';

const here: StorageHost = { name: 'localhost', storages: {}, thisMachine: true };
const remote = (name: string, storages: StorageHost['storages'] = {}): StorageHost => ({
  ...{ name, storages },
  thisMachine: false,
});
const disk = (path: string, kind = 'local') => ({ disk: { kind, path } });

const plan = (spec: object, ...hosts: StorageHost[]) => {
  const [planned] = planStorages({ storages: { disk: spec } }, ['disk'], hosts, '/cache');
  const places = [...(planned?.places ?? [])].map(([host, { parent, island }]) => [
    ...[host, parent, island],
  ]);
  return { kind: planned?.backend.kind, own: planned?.own, places };
};

describe('a storage', () => {
  it('lies in the cache of this machine, if nothing says where', () => {
    expect(plan({ kind: 'local' }, here)).toEqual({
      kind: 'local',
      own: true,
      places: [['localhost', '/cache/storage/disk', 'this machine']],
    });
  });

  it('is what its name says, if there is only this machine', () => {
    expect(plan({}, here, { ...here, name: 'b' }).kind).toBe('shared-directory');
    const [planned] = planStorages({ storages: { local: {} } }, ['local'], [here], '/cache');
    expect(planned?.backend.kind).toBe('local');
  });

  it('is what and where the inventory says', () => {
    const hosts = [remote('h1', disk('/a')), remote('h2', disk('/b'))];
    expect(plan({}, ...hosts)).toEqual({
      kind: 'local',
      own: false,
      places: [
        ['h1', '/a', 'h1'],
        ['h2', '/b', 'h2'],
      ],
    });
  });

  it('is seen by all hosts, if it is shared', () => {
    const shared = disk('/mnt', 'shared-directory');
    const { places } = plan({}, remote('h1', shared), remote('h2', shared), {
      ...here,
      storages: shared,
    });
    expect(new Set(places.map(([, , island]) => island)).size).toBe(1);
  });

  it('is the same for names of this machine', () => {
    const { places } = plan(
      { kind: 'local' },
      here,
      { ...here, name: 'b' },
      remote('h1', disk('/a')),
    );
    expect(places.map(([, , island]) => island)).toEqual(['this machine', 'this machine', 'h1']);
  });

  it('lies where the scenario says before all', () => {
    const { kind, places } = plan(
      { path: '/mine', kind: 'shared-directory' },
      remote('h1', disk('/a')),
    );
    expect([kind, places]).toEqual(['shared-directory', [['h1', '/mine', 'all hosts']]]);
  });
});

describe('is refused', () => {
  it.each([
    ['without a kind', {}, [here, remote('h1')], /storages\.disk: expected a kind/],
    ['without a path', { kind: 'local' }, [remote('h1')], /expected a path on h1/],
    [
      'with a kind that the inventory contradicts',
      { kind: 'shared-directory' },
      [remote('h1', disk('/a'))],
      /expected the kind that it has in the inventory, local on h1, got shared-directory/,
    ],
    [
      'with two kinds',
      {},
      [remote('h1', disk('/a')), remote('h2', disk('/a', 'shared-directory'))],
      /local on h1 and shared-directory on h2/,
    ],
  ] as const)('%s', (_, spec, hosts, message) => {
    expect(() => plan(spec, ...hosts)).toThrow(UserError);
    expect(() => plan(spec, ...hosts)).toThrow(message);
  });
});

describe('a guest that moves', () => {
  const hosts = ['h1', 'h2'].map((name) =>
    remote(name, {
      disk: { kind: 'local', path: '/a' },
      shared: { kind: 'shared-directory', path: '/b' },
    }),
  );
  const storages = { disk: {}, shared: {} };
  const planned = planStorages({ storages }, ['disk', 'shared'], hosts, '/cache');
  type Arm = Parameters<typeof requireSharedDisks>[1][number];
  const arm: Arm = { storage: 'shared', template: 'same', disk: 'shared', provisioning: 'clone' };
  const problems = (held: Partial<Arm>) =>
    requireSharedDisks(planned, [{ ...arm, ...held }], [['h1', 'h2']]);

  it('needs its disk, and the template behind a clone, on both hosts', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ storage: 'disk' })).toMatchObject([
      { where: 'storages.disk', message: expect.stringContaining('disk: shared') as string },
    ]);
    expect(problems({ template: 'disk' })).toMatchObject([
      { where: 'storages.disk', message: expect.stringContaining('template: disk') as string },
    ]);
  });

  it('needs no template where its disk is whole, or goes along', () => {
    expect(problems({ template: 'disk', provisioning: 'copy' })).toEqual([]);
    expect(problems({ template: 'disk', disk: 'mirror' })).toEqual([]);
  });
});
