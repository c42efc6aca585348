import { describe, expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { loadInventory, type Inventory } from './load.ts';
import { hostEntrySchema } from './schema.ts';

const defaults = { user: 'me', home: '/home/me' };

function load(text: string): Inventory {
  return loadInventory('labs/x.yaml', { defaults, read: () => new TextEncoder().encode(text) });
}

function complaint(text: string): string {
  try {
    load(text);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return '';
}

describe('loadInventory', () => {
  it('gives hosts in the order written, with all that it takes to reach them', () => {
    const { hosts, ...rest } = load(`
hosts:
  h2:
    address: 10.77.0.2
    migrationAddress: 192.168.1.2
    port: 2222
    user: root
    key: /keys/id
    knownHosts: known
    bridge: br0
    libvirtUri: qemu+tls://h2.example/system
    hypervisors: [xen]
    emulated: true
    runtime: /run/vg
    cache: ~/c
    storages: { disk: { kind: local, path: /srv/disk } }
  h1: { address: h1.example }
guests: { addresses: 10.77.0.64-10.77.0.191/24 }
lab: { name: small, token: t }
standIn: namespaces of one machine
`);
    expect(hosts).toEqual([
      {
        name: 'h2',
        ssh: {
          ...{ address: '10.77.0.2', port: 2222, user: 'root', key: '/keys/id' },
          knownHosts: [`${process.cwd()}/labs/known`],
          emulated: true,
        },
        ...{ address: '192.168.1.2', bridge: 'br0', runtime: '/run/vg', cache: '~/c' },
        libvirtUri: 'qemu+tls://h2.example/system',
        ...{ hypervisors: ['xen'], emulated: true },
        storages: { disk: { kind: 'local', path: '/srv/disk' } },
        lab: { name: 'small', token: 't' },
      },
      {
        name: 'h1',
        ssh: {
          ...{ address: 'h1.example', port: 22, user: 'me' },
          knownHosts: ['/home/me/.ssh/known_hosts', '/etc/ssh/ssh_known_hosts'],
        },
        ...{
          address: 'h1.example',
          runtime: '/tmp',
          storages: {},
          lab: { name: 'small', token: 't' },
        },
      },
    ]);
    expect(rest).toEqual({
      file: 'labs/x.yaml',
      guestAddresses: { first: '10.77.0.64', last: '10.77.0.191', prefix: 24 },
      lab: { name: 'small', token: 't' },
      standIn: 'namespaces of one machine',
    });
  });

  it('takes this machine as a host, also several times', () => {
    const { hosts } = load('hosts: { a: { local: true }, b: { local: true, runtime: /b } }');
    expect(hosts).toEqual([
      { name: 'a', address: '127.0.0.1', runtime: '/tmp', storages: {} },
      { name: 'b', address: '127.0.0.1', runtime: '/b', storages: {} },
    ]);
  });

  it('resolves a jump by name, with its own way, and by address with the login of the host', () => {
    const { hosts } = load(`
hosts:
  a: { address: a.example, key: ~/k, jump: b }
  b: { address: b.example, user: bee, jump: 'gate@[fe80::1]:2022' }
`);
    const gate = { address: 'fe80::1', port: 2022, user: 'gate' };
    expect(hosts[0]?.ssh).toMatchObject({
      key: '/home/me/k',
      jump: { address: 'b.example', user: 'bee', jump: gate },
    });
    expect(hosts[0]?.ssh?.jump).not.toHaveProperty('key');
  });

  it('gives entries that survive JSON', () => {
    const [entry] = load('hosts: { a: { address: x.y, jump: u@g:1 } }').hosts;
    expect(hostEntrySchema.parse(JSON.parse(JSON.stringify(entry)))).toEqual(entry);
  });

  it.each([
    ['', 'x.yaml:1:1: expected an inventory, got an empty file'],
    ['hosts: {}', 'x.yaml:1:8: hosts: expected at least one host, got an empty mapping'],
    ['hosts: { 7: { local: true } }', 'expected a name with at least one letter'],
    ['hosts: { "a b": { local: true } }', 'expected a name of 1 to 63 letters'],
    ['hosts:\n  a: { adress: x.y }', 'x.yaml:2:8: hosts.a.adress: unknown key'],
    ['hosts:\n  a: { port: 22 }', 'x.yaml:2:3: hosts.a: expected an address, or local: true'],
    ['hosts: { a: { address: -oProxyCommand=x } }', 'expected a host name or an address'],
    ['hosts: { a: { address: "a b" } }', 'expected a host name or an address'],
    ['hosts: { a: { address: x.y, user: -x } }', 'expected the name of a user'],
    ['hosts: { a: { address: x.y, port: 65536 } }', 'a number of at most 65535, got 65536'],
    ['hosts: { a: { address: x.y, runtime: tmp } }', 'expected a path that begins with / or ~/'],
    ['hosts: { a: { local: true, key: /k } }', 'hosts.a.key: expected nothing for ssh beside'],
    [
      'hosts:\n  a: { address: x.y }\n  b: { address: x.y }',
      'x.yaml:3:17: hosts.b.address: expected an address of its own, got that of a',
    ],
    [
      'hosts: { gate: { address: x.y }, b: { address: x.z, jump: gaet } }',
      'hosts.b.jump: expected a host of this inventory or user@address:port, got "gaet"',
    ],
    ['hosts: { a: { address: x.y, jump: "u@g:99999" } }', 'or user@address:port, got "u@g:99999"'],
    [
      'hosts: { a: { address: x.y, jump: b }, b: { address: x.z, jump: a } }',
      'hosts.b.jump: expected a way to the host, got a circle: a → b → a',
    ],
    [
      'hosts: { a: { address: x.y, jump: b }, b: { local: true } }',
      'got "b", which is this machine',
    ],
    [
      'hosts: { a: { local: true, storages: { s: { kind: lokal, path: /s } } } }',
      'did you mean "local"?',
    ],
    [
      'hosts: { a: { local: true } }\nguests: { addresses: 10.0.0.9-10.0.0.1/24 }',
      'x.yaml:2:22: guests.addresses: expected FIRST-LAST/PREFIX in one network',
    ],
    ['hosts: { a: { local: true }, a: { local: true } }', 'every key once'],
  ])('refuses %j', (text, expected) => {
    expect(complaint(text)).toContain(expected);
  });

  it('tells of all problems at once', () => {
    const text = 'hosts: { a: { }, b: { local: true, key: /k }, c: { address: x.y, jump: q } }';
    expect(complaint(text).match(/expected/g)).toHaveLength(3);
  });

  it('says what file is missing', () => {
    expect(() => loadInventory('/nonexistent.yaml')).toThrow(
      'expected an inventory file, got nothing: it does not exist',
    );
  });
});
