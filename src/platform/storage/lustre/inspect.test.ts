import { describe, expect, it } from 'vitest';
import { client, mounts } from './client-script.example.ts';
import { fixture } from './fixture.example.ts';
import { inspectLustre } from './inspect.ts';
import { scriptedShell, silent, type Script } from './scripted-shell.example.ts';

const directory = '/mnt/lustre/vg';
const inspect = (changes: Script = {}) =>
  inspectLustre(scriptedShell({ ...changes, ...client, ...changes }), directory);
const mountedWith = (options: string) =>
  mounts.replace('rw,flock,', options === '' ? 'rw,' : `rw,${options},`);

it('tells what a healthy client shows', async () => {
  const { facts, warnings, ...found } = await inspect();
  expect(warnings).toEqual([]);
  expect(found).toMatchObject({
    ...{ filesystem: 'lustre', device: '42', directIo: true, reflink: false, stripes: 2 },
    free: 2 * 884_100 * 1024,
    targets: [0, 1].map((n) => ({ name: `lustre-OST000${n}`, free: 884_100 * 1024 })),
  });
  expect(facts).toEqual({
    'file system': 'lustre',
    'mount source': '10.0.2.15@tcp:/lustre',
    'mount options': expect.stringMatching(/^rw,flock,checksum/) as string,
    network: 'tcp',
    'client version': '2.17.57_62_gc881f8e',
    'lfs version': '2.17.57_62_gc881f8e',
    MDTs: '1 of 1 active',
    OSTs: '2 of 2 active',
    'default layout': '-c 2 -S 1M',
    pool: 'none',
    'quota of user 1000': '178 MiB used, no limit',
    'quota of group 100': '178 MiB used, no limit',
    'networks of this host': 'tcp',
    'client settings': expect.stringContaining('max_rpcs_in_flight 8') as string,
    counters: 'readable',
    'mean wait for OSTs': expect.stringMatching(/^\d.*ms$/) as string,
  });
});

describe('refuses', () => {
  it.each<[string, Script, string]>([
    [
      'a path that is not on Lustre',
      { 'stat -f -c': 'ef53 ext2/ext3\n' },
      '/mnt/lustre/vg: expected a directory on a mounted Lustre client (kind: lustre, magic bd00bd0), found ext2/ext3 (magic ef53)',
    ],
    [
      'the disk of a server',
      { 'stat -f -c': 'bd00bd1 UNKNOWN (0xbd00bd1)\n' },
      'found the disk of a Lustre server',
    ],
    [
      'a path that is not there',
      {
        'stat -f -c': {
          code: 1,
          stderr: 'stat: cannot read file system information: No such file\n',
        },
      },
      'expected a directory on Lustre, found none: stat: cannot read file system',
    ],
    ['a mount that does not answer', { 'stat -f -c': silent }, 'did not within its time'],
    ['a mount that stops answering later', { 'lfs getstripe': silent }, 'did not within its time'],
    [
      'noflock',
      { '/proc/self/mounts': `/mnt/lustre\n${fixture('2.17/mount-noflock')}` },
      'expected a Lustre mount with option flock, found /mnt/lustre with noflock: QEMU cannot lock disks there',
    ],
    [
      'localflock',
      { '/proc/self/mounts': `/mnt/lustre\n${fixture('2.17/mount-localflock')}` },
      'with localflock: two hosts could open one disk without noticing',
    ],
    [
      'a mount that is read-only',
      { '/proc/self/mounts': mounts.replace('rw,flock', 'ro,flock') },
      'expected a Lustre mount that can be written, found /mnt/lustre mounted read-only (option ro)',
    ],
    [
      'a host without lfs',
      { 'lfs --version': { code: 127, stderr: 'exec: lfs: not found' } },
      'expected the program lfs beside a mounted Lustre, found none',
    ],
    [
      'a quota that is used up',
      { 'lfs quota -u': fixture('2.15/lfs-quota') },
      'that of user 1000 is used up: 10 GiB used, soft limit 9.0 GiB, limit 10 GiB, grace 6d23h59m58s',
    ],
  ])('%s', async (_, changes, message) => {
    await expect(inspect(changes)).rejects.toThrow(message);
  });

  it('with the name of the host', async () => {
    const shell = scriptedShell({ ...client, 'stat -f -c': 'ef53 ext2/ext3\n' }, 'node7');
    await expect(inspectLustre(shell, directory)).rejects.toThrow('node7:/mnt/lustre/vg: expected');
  });
});

it('knows Lustre where coreutils do not', async () => {
  const { filesystem } = await inspect({ 'stat -f -c': 'bd00bd0 UNKNOWN (0xbd00bd0)\n' });
  expect(filesystem).toBe('lustre');
});

describe('targets', () => {
  it('warns of an inactive one, and does not count on it', async () => {
    const { targets, stripes, free, warnings, facts } = await inspect({
      'lfs df': fixture('2.17/inactive-lfs-df-v'),
      'lfs osts': fixture('2.17/inactive-lfs-osts'),
    });
    expect(targets).toEqual([{ name: 'lustre-OST0000', free: 767_772 * 1024 }]);
    expect([stripes, free, facts['OSTs']]).toEqual([1, 767_772 * 1024, '1 of 2 active']);
    expect(warnings).toEqual([
      'lustre-OST0001 is inactive: new files do not use it, files that lie on it cannot be read',
    ]);
  });

  it('warns of it also where lfs df hides it', async () => {
    const { warnings } = await inspect({
      'lfs df': fixture('2.17/inactive-lfs-df'),
      'lfs osts': fixture('2.17/inactive-lfs-osts'),
    });
    expect(warnings[0]).toContain('lustre-OST0001 is inactive');
  });

  it('shows a full one under a file system that is half empty', async () => {
    const { targets, warnings } = await inspect({ 'lfs df': fixture('2.17/enospc-lfs-df') });
    expect(targets?.map(({ free }) => free)).toEqual([4088 * 1024, 773_524 * 1024]);
    expect(warnings).toEqual(['lustre-OST0000 is nearly full: 4.0 MiB of 932 MiB free']);
  });

  it('warns of one that fails, for which lfs df ends with a code', async () => {
    const stdout = fixture('2.17/lfs-df-v').replace(
      '\n\n',
      '\nlustre-OST0003_UUID: Input/output error\n\n',
    );
    const { targets, warnings } = await inspect({ 'lfs df': { code: 5, stderr: '', stdout } });
    expect(targets?.map(({ name }) => name)).toEqual(['lustre-OST0000', 'lustre-OST0001']);
    expect(warnings).toEqual(['lustre-OST0003 does not answer: Input/output error']);
  });

  it('keeps to the pool of the directory', async () => {
    const { targets, facts, stripes } = await inspect({
      'lfs getstripe -d': fixture('2.15/getstripe-file-y').replaceAll('lmm_', ''),
      'lfs pool_list lustre.flash': 'Pool: lustre.flash\nlustre-OST0001_UUID\n',
    });
    expect(targets?.map(({ name }) => name)).toEqual(['lustre-OST0001']);
    expect([facts['pool'], stripes]).toEqual(['flash (lustre-OST0001)', 1]);
  });

  it('takes what the servers that answer tell, if one holds up lfs df', async () => {
    const { targets } = await inspect({
      'df -v -l': fixture('2.17/inactive-lfs-df-v'),
      'lfs df -v /': silent,
    });
    expect(targets).toHaveLength(1);
  });

  it('says that nothing is known of them', async () => {
    const { targets, free, warnings, facts } = await inspect({
      ...{ 'lfs df': 'gibberish', 'lfs osts': '', 'lfs mdts': { code: 1, stderr: 'no' } },
      'lfs getstripe -d': 'gibberish',
    });
    expect([targets, free]).toEqual([undefined, 1_810_636_800]);
    expect(warnings).toEqual(['lfs df shows no targets: which of them are full is not known']);
    expect([facts['OSTs'], facts['MDTs']]).toEqual(['unknown', 'unknown']);
    expect(facts['default layout']).toMatch(/^unknown/);
  });
});

describe('an ordinary user', () => {
  it('is told what may not be read', async () => {
    const denied = {
      code: 13,
      stderr: "error: get_param: opening '/sys/kernel/debug/lustre/llite': Permission denied\n",
    };
    const { facts, warnings } = await inspect({
      ...{ 'lctl get_param -n llite': denied, 'lctl get_param -n osc': denied },
      '.max_cached_mb': '',
    });
    expect(warnings).toEqual([]);
    expect(facts['counters']).toMatch(/^not readable: .*Permission denied \(needs root\)$/);
    expect(facts['client settings']).toBe('not readable');
    expect(facts).not.toHaveProperty(['mean wait for OSTs']);
  });

  it('does without lctl', async () => {
    const missing = { code: 127, stderr: 'exec: lctl: not found' };
    const { facts } = await inspect({ 'lctl ': missing, '/sys/fs/lustre/version': '2.17.57\n' });
    expect(facts).toMatchObject({
      ...{ 'client version': '2.17.57', counters: 'not readable: lctl is missing' },
      'networks of this host': 'lctl is missing',
    });
  });

  it('is limited by quotas, also by that of a project', async () => {
    const { free, facts, warnings } = await inspect({
      'lfs project': ' 1042 P /mnt/lustre/vg\n',
      'lfs quota -g': fixture('2.15/lfs-quota-inaccurate'),
      'lfs quota -p 1042': fixture('2.17/lfs-quota').replace(
        '182192       0       0',
        '1024 0 3072',
      ),
      'lfs quota -u': { code: 3, stderr: 'user quotas are not enabled.\n' },
    });
    expect(free).toBe(2048 * 1024);
    expect(facts).toMatchObject({
      'quota of user 1000': 'not known: user quotas are not enabled.',
      'quota of project 1042': '1.0 MiB used, limit 3.0 MiB',
    });
    expect(warnings).toEqual(['the quota of group 100 is not accurately known']);
  });

  it('is told what lfs quota knows, although some servers do not answer', async () => {
    const stdout = fixture('2.15/lfs-quota-inaccurate');
    const { facts, warnings } = await inspect({ 'lfs quota -g': { code: 5, stderr: '', stdout } });
    expect(facts['quota of group 100']).toBe('9.7 GiB used, limit 20 GiB');
    expect(warnings).toEqual(['the quota of group 100 is not accurately known']);
  });

  it('may write above a soft limit without a hard one, as long as grace remains', async () => {
    const { free, warnings } = await inspect({
      'lfs quota -u': fixture('2.15/lfs-quota').replace(
        '10485760* 9437184 10485760',
        '9500000* 9437184 0',
      ),
    });
    expect(free).toBe(2 * 884_100 * 1024);
    expect(warnings).toEqual(['the soft quota of user 1000 is exceeded, 6d23h59m58s remain']);
  });

  it('knows root that is squashed', async () => {
    const { facts } = await inspect({ 'id -u': '0\n99 99\n' });
    expect(facts['root']).toBe('squashed: files belong to UID 99');
    const { facts: own } = await inspect({ 'id -u': '0\n0 0\n' });
    expect(Object.keys(own).filter((name) => /root|quota/.test(name))).toEqual([]);
  });
});

it('warns where tool and client differ, and where flock is not named', async () => {
  const { warnings } = await inspect({
    'lctl get_param -n version': 'lustre: 2.15.5\nkernel: patchless_client\n',
    '/proc/self/mounts': mountedWith(''),
  });
  expect(warnings).toEqual([
    '/mnt/lustre is mounted without naming flock, which before Lustre 2.17 means that there are no locks',
    'lfs is of version 2.17.57_62_gc881f8e, the running client of 2.15.5',
  ]);
});
