import { expect, it } from 'vitest';
import type { Host } from '../../remote/host.ts';
import { client, mounts } from './client-script.example.ts';
import { compareLustre } from './compare.ts';
import { fixture } from './fixture.example.ts';
import { scriptedShell, silent, type Script } from './scripted-shell.example.ts';

const host = (name: string, changes: Script = {}) =>
  ({ name, shell: scriptedShell({ ...changes, ...client, ...changes }, name) }) as unknown as Host;
const compare = (changes: Script) =>
  compareLustre(host('node1'), host('node2', changes), '/mnt/lustre/vg');
const remount = (from: string, to: string): Script => ({
  '/proc/self/mounts': mounts.replace(from, to),
});

it('finds nothing between hosts that are alike', async () => {
  expect(await compare({})).toEqual({ problems: [], warnings: [] });
});

it.each<[string, Script, string]>([
  ['a look-alike directory', { 'stat -f -c': 'ef53 ext2/ext3\n' }, 'found ext2/ext3 (magic ef53)'],
  [
    'a mount without locks of the cluster',
    { '/proc/self/mounts': `/mnt/lustre\n${fixture('2.17/mount-localflock')}` },
    'with localflock',
  ],
  ['a mount that does not answer', { 'stat -f -c': silent }, 'did not within its time'],
  [
    'another file system',
    remount('@tcp:/lustre', '@tcp:/scratch'),
    'expected the file system lustre that node1 has there, found scratch (10.0.2.15@tcp:/scratch)',
  ],
])('tells of %s on the other host', async (_, changes, message) => {
  const { problems } = await compare(changes);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({
    where: 'node2:/mnt/lustre/vg',
    message: expect.stringContaining(message) as string,
  });
});

it.each<[string, Script, string]>([
  [
    'versions',
    { 'lctl get_param -n version': '2.15.5\n' },
    'node1 runs Lustre 2.17.57_62_gc881f8e, node2 runs Lustre 2.15.5',
  ],
  [
    'ways to the servers',
    remount('10.0.2.15@tcp:', '10.1.2.15@o2ib:'),
    'node1 reaches the management server as 10.0.2.15@tcp, node2 reaches the management server as 10.1.2.15@o2ib',
  ],
  [
    'mount options',
    remount('flock,checksum,', 'flock,nochecksum,'),
    'node1 has Lustre mounted with checksum, node2 has Lustre mounted with nochecksum',
  ],
])('warns of unequal %s', async (_, changes, warning) => {
  expect(await compare(changes)).toEqual({ problems: [], warnings: [warning] });
});
