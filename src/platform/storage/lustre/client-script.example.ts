import { fixture } from './fixture.example.ts';
import type { Script } from './scripted-shell.example.ts';

export const mounts =
  '/mnt/lustre\n' +
  fixture('2.17/proc-mounts').replace('/dev/vdb /mnt/mdt', '/dev/vdb /mnt/m\\040dt');

/** A healthy client of Lustre 2.17 on /mnt/lustre, and an ordinary user without quota. */
export const client: Script = {
  'stat -f -c': fixture('2.17/stat-f').split(' ').reverse().join(' ').replace(/\n/g, ''),
  '/proc/self/mounts': mounts,
  'lfs --version': fixture('2.17/lfs-version'),
  'lctl get_param -n version': fixture('2.17/lctl-get_param-version'),
  'lfs getname': fixture('2.17/lfs-getname'),
  'id -u': '1000\n1000 100\n',
  'lfs project': fixture('2.17/lfs-project'),
  'lfs quota': fixture('2.17/lfs-quota'),
  'lfs df': fixture('2.17/lfs-df-v'),
  'lfs osts': fixture('2.17/lfs-osts'),
  'lfs mdts': fixture('2.17/lfs-mdts'),
  'lfs getstripe -d': fixture('2.17/getstripe-dir-y'),
  'lctl list_nids': fixture('2.17/lctl-list_nids'),
  '.max_cached_mb': fixture('2.17/llite-tunables') + fixture('2.17/osc-tunables'),
  'lctl get_param -n llite': fixture('2.17/llite-stats'),
  'lctl get_param -n osc': fixture('2.17/osc-import'),
  'df -B1': 'Type Avail\nlustre 1810636800\n',
  'stat -c %d': '42\n',
  'cp --reflink': { code: 1, stderr: 'cp: failed to clone: Operation not supported\n' },
};
