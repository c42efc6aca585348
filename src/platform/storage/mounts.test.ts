import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { localShell } from '../remote/local.ts';
import { mountOf, optionOf, parseMounts } from './mounts.ts';

const captured = readFileSync(
  new URL('lustre/fixtures/2.17/proc-mounts.txt', import.meta.url),
  'utf8',
);

it('reads mounts of Lustre, of servers and of a client', () => {
  const mounts = parseMounts(captured);
  expect(mounts.map(({ target }) => target)).toEqual([
    '/mnt/mdt',
    '/mnt/ost0',
    '/mnt/ost1',
    '/mnt/lustre',
  ]);
  const [server, , , client] = mounts;
  expect(client).toMatchObject({ source: '10.0.2.15@tcp:/lustre', type: 'lustre' });
  expect(client?.options.slice(0, 2)).toEqual(['rw', 'flock']);
  expect(server && [optionOf(server, 'svname'), optionOf(server, 'name')]).toEqual([
    'lustre-MDT0000',
    undefined,
  ]);
});

it('reads names with spaces, and skips what is no mount', () => {
  expect(
    parseMounts('nas:/a\\040b /mnt/c\\011d nfs4 rw,vers=4.2 0 0\n\nnonsense\n- x y z'),
  ).toEqual([
    { source: 'nas:/a b', target: '/mnt/c\td', type: 'nfs4', options: ['rw', 'vers=4.2'] },
  ]);
});

it('finds the mount of a directory of this machine', async () => {
  expect(await mountOf(localShell, '/proc/self')).toMatchObject({ target: '/proc', type: 'proc' });
  expect(await mountOf(localShell, '/no/such/directory')).toBeUndefined();
});
