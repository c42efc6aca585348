import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../base/errors.ts';
import type { Allocation } from './allocation.ts';
import { slurmHosts, slurmInventory } from './inventory.ts';

const defaults = { user: 'me', home: '/home/me' };
const allocation: Allocation = { job: '12', nodes: ['n01', 'n02'], here: 'n01', temporary: '/t' };
const load = (text: string, of = allocation) =>
  slurmInventory('site.yaml', of, { defaults, read: () => new TextEncoder().encode(text) });

function complaint(text: string): string {
  try {
    load(text);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return '';
}

it('is asked for by a word, with a file or without', () => {
  expect(slurmHosts('slurm')).toEqual({});
  expect(slurmHosts('slurm:site.yaml')).toEqual({ file: 'site.yaml' });
  for (const other of ['./slurm', 'slurm.yaml', 'lab', 'slurm:', 'slurms']) {
    expect(slurmHosts(other)).toBeUndefined();
  }
});

describe('slurmInventory', () => {
  it('reaches this machine without ssh and the others under their names', () => {
    const { hosts, job } = slurmInventory(undefined, allocation, { defaults });
    expect(job).toBe('12');
    expect(hosts).toEqual([
      { name: 'n01', address: 'n01', runtime: '/t', storages: {} },
      {
        name: 'n02',
        address: 'n02',
        runtime: '/tmp',
        storages: {},
        ssh: {
          ...{ address: 'n02', port: 22, user: 'me' },
          knownHosts: ['/home/me/.ssh/known_hosts', '/etc/ssh/ssh_known_hosts'],
        },
      },
    ]);
  });

  it('has this machine first, where what takes one host is done', () => {
    const third: Allocation = { job: '1', nodes: ['a', 'b', 'c'], here: 'c' };
    const { hosts } = slurmInventory(undefined, third, { defaults });
    expect(hosts.map(({ name }) => name)).toEqual(['c', 'a', 'b']);
  });

  it('needs no address of a single node, and has ssh to all from a login node', () => {
    const one = slurmInventory(undefined, { job: '1', nodes: ['n7'], here: 'n7' }, { defaults });
    expect(one.hosts).toEqual([
      { name: 'n7', address: '127.0.0.1', runtime: '/tmp', storages: {} },
    ]);
    const away = slurmInventory(undefined, { job: '1', nodes: ['n7'] }, { defaults });
    expect(away.hosts[0]?.ssh).toMatchObject({ address: 'n7' });
  });

  it('makes every node like the entry slurm of a file', () => {
    const { hosts, guestAddresses } = load(`
hosts:
  slurm:
    port: 2222
    jump: gate
    bridge: br0
    cache: ~/c
    runtime: /run/vg
    storages: { shared: { kind: moosefs, path: /lustre/me } }
  gate: { address: gate.example, user: g }
guests: { addresses: 10.0.0.64-10.0.0.95/24 }
`);
    const own = {
      ...{ bridge: 'br0', cache: '~/c', runtime: '/run/vg' },
      storages: { shared: { kind: 'moosefs', path: '/lustre/me' } },
    };
    expect(hosts[0]).toEqual({ name: 'n01', address: 'n01', ...own });
    expect(hosts[1]).toMatchObject({
      ...{ name: 'n02', address: 'n02', ...own },
      ssh: { address: 'n02', port: 2222, jump: { address: 'gate.example', user: 'g' } },
    });
    expect(hosts).toHaveLength(2);
    expect(guestAddresses?.first).toBe('10.0.0.64');
  });

  it.each([
    ['hosts:\n  a: { local: true }', 'site.yaml:1:1: hosts: expected an entry called slurm'],
    ['hosts:\n  slurm: { address: x.y }', 'site.yaml:2:21: hosts.slurm.address: expected nothing'],
    ['hosts: { slurm: { local: true } }', 'hosts.slurm.local: expected nothing'],
    ['hosts: { slurm: { jump: gaet } }', 'site.yaml:1:25: hosts.slurm.jump: expected a host of'],
    ['hosts: { slurm: { storages: { s: { kind: lokal, path: /s } } } }', 'mean "local"?'],
    ['hosts: { slurm: {}, n02: { address: x } }', 'site.yaml:1:21: hosts.n02: expected no entry'],
    ['hosts: { slurm: { adress: x } }', 'hosts.slurm.adress: unknown key'],
  ])('refuses %j', (text, expected) => {
    expect(complaint(text)).toContain(expected);
  });

  it('tells of a fault once, not once a node', () => {
    const wide: Allocation = { job: '1', nodes: ['a', 'b', 'c', 'd'] };
    expect(() => load('hosts: { slurm: { jump: gaet } }', wide)).toThrow(UserError);
    expect(complaint('hosts: { slurm: { jump: gaet } }').match(/expected/g)).toHaveLength(1);
  });
});
