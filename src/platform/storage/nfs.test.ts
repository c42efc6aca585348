import { describe, expect, it } from 'vitest';
import type { Host } from '../remote/host.ts';
import { scriptedShell, silent, type Script } from './lustre/scripted-shell.example.ts';
import { nfs } from './nfs.ts';

const options =
  'rw,relatime,vers=4.2,rsize=1048576,wsize=1048576,namlen=255,hard,proto=tcp,timeo=600,sec=sys,local_lock=none,addr=10.0.0.9';
const mounted = (how = options, source = 'nas.example:/export/vms') =>
  `/mnt/vms\n/dev/sda1 / ext4 rw 0 0\n${source} /mnt/vms nfs4 ${how} 0 0\n`;
const client: Script = {
  '/proc/self/mounts': mounted(),
  'stat -f': 'nfs\n',
  'df -B1': 'Type Avail\nnfs4 1000000\n',
  'stat -c %d': '7\n',
};
const inspect = (changes: Script = {}) =>
  nfs.inspect(scriptedShell({ ...changes, ...client, ...changes }), '/mnt/vms/vg');
const host = (name: string, changes: Script = {}) =>
  ({ name, shell: scriptedShell({ ...changes, ...client, ...changes }, name) }) as unknown as Host;

it('tells how it is mounted, and that it is no parallel file system', async () => {
  const { facts, warnings, filesystem } = await inspect();
  expect(facts).toMatchObject({
    ...{ 'mount source': 'nas.example:/export/vms', server: 'nas.example' },
    ...{ 'NFS version': '4.2', network: 'tcp', 'mount options': options },
  });
  expect([filesystem, warnings, nfs.standIn]).toEqual(['nfs4', [], 'NFS']);
});

describe('refuses', () => {
  it.each<[string, Script, string]>([
    [
      'another file system',
      { '/proc/self/mounts': '/\n/dev/sda1 / ext4 rw 0 0\n' },
      '/mnt/vms/vg: expected a directory on a mounted NFS (kind: nfs), found ext4 from /dev/sda1',
    ],
    ['what is not mounted', { '/proc/self/mounts': '' }, 'found nothing that is mounted'],
    [
      'locks of one host',
      { '/proc/self/mounts': mounted(options.replace('local_lock=none', 'local_lock=all')) },
      'found /mnt/vms with local_lock=all: two hosts could open one disk without noticing',
    ],
    [
      'no locks',
      { '/proc/self/mounts': mounted('rw,vers=3,nolock') },
      'found /mnt/vms with nolock',
    ],
    ['a read-only mount', { '/proc/self/mounts': mounted('ro,vers=4.2') }, 'read-only (option ro)'],
    ['a server that is gone', { 'stat -f': silent }, 'did not within its time'],
  ])('%s', async (_, changes, message) => {
    await expect(inspect(changes)).rejects.toThrow(message);
  });
});

it('warns of options that lose data', async () => {
  const soft = mounted('rw,vers=3,soft,async,local_lock=flock');
  const { warnings, facts } = await inspect({ '/proc/self/mounts': soft });
  expect(warnings).toEqual([
    '/mnt/vms is mounted soft: guests get I/O errors when the server is slow to answer',
    '/mnt/vms is mounted async: writes may be lost when this host fails',
  ]);
  expect(facts['network']).toBe('unknown');
});

it('reads counters of its own mount, or none', async () => {
  const stats =
    'device nas.example:/export/vms mounted on /mnt/vms with fstype nfs4 statvers=1.1\n\tbytes:\t1 2 3 4 5 6 7 8\n';
  const count = (script: Script) =>
    nfs.counters?.(scriptedShell({ ...script, ...client }), '/mnt/vms/vg');
  expect(await count({ mountstats: stats })).toMatchObject({ 'nfs.write_bytes': 6 });
  expect(await count({ mountstats: { code: 1, stderr: 'cat: denied' } })).toEqual({});
});

it('compares the mounts of two hosts', async () => {
  const compare = (changes: Script) =>
    nfs.compareHosts?.(host('node1'), host('node2', changes), '/mnt/vms');
  expect(await compare({})).toEqual({ problems: [], warnings: [] });
  expect(await compare({ '/proc/self/mounts': '/\n/dev/sda1 / ext4 rw 0 0\n' })).toMatchObject({
    problems: [{ where: 'node2:/mnt/vms', message: expect.stringContaining('ext4') as string }],
  });
  expect(
    await compare({ '/proc/self/mounts': mounted(options.replace('vers=4.2', 'vers=3')) }),
  ).toEqual({
    problems: [],
    warnings: ['node1 has NFS mounted with vers=4.2, node2 with vers=3'],
  });
});
