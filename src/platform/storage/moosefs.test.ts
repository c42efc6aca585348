import { expect, it } from 'vitest';
import { scriptedShell } from './lustre/scripted-shell.example.ts';
import { moosefs } from './moosefs.ts';

const client = {
  'df --output=fstype,source': 'Type Filesystem\nfuse.mfs 127.0.0.1:9421\n',
  '/proc/self/mounts': '/mnt/mfs\n127.0.0.1:9421 /mnt/mfs fuse.mfs rw,relatime,allow_other 0 0\n',
  'mfsmount --version': 'MFS version: 3.0.117-1 ; build: 1341\nusing FUSE kernel interface\n',
  'df -B1': 'Type Avail\nfuse.mfs 1000\n',
  'stat -c %d': '7\n',
};

it('tells how it is mounted, and in which version', async () => {
  const { facts, filesystem } = await moosefs.inspect(scriptedShell(client), '/mnt/mfs/vg');
  expect(filesystem).toBe('moosefs');
  expect(facts).toMatchObject({
    ...{ 'mount source': '127.0.0.1:9421', 'mount options': 'rw,relatime,allow_other' },
    'client version': '3.0.117-1',
  });
});

it('refuses another file system', async () => {
  const shell = scriptedShell({ 'df --output': 'Type Filesystem\next4 /dev/sda1\n' });
  await expect(moosefs.inspect(shell, '/srv')).rejects.toThrow(
    '/srv: expected a mounted MooseFS (kind: moosefs), found ext4 from /dev/sda1',
  );
});
