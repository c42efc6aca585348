import { expect, it } from 'vitest';
import { dropCaches } from './caches.ts';
import { client } from './client-script.example.ts';
import { fixture } from './fixture.example.ts';
import { scriptedShell, type Script } from './scripted-shell.example.ts';

const file = '/mnt/lustre/vg/template.raw';
const drop = (script: Script) => dropCaches(scriptedShell({ ...script, ...client }), file);

it('drops pages and then locks, of this client alone', async () => {
  const shell = scriptedShell({ set_param: fixture('2.17/drop-locks'), ...client });
  expect(await dropCaches(shell, file)).toBeUndefined();
  expect(shell.lines).toEqual([
    `dd if=/dev/null of=${file} oflag=nocache count=0 conv=notrunc,nocreat,fdatasync status=none`,
    `lfs getname ${file}`,
    'lctl set_param -n ldlm.namespaces.lustre-OST*-osc-ffff88811222a800.lru_size=clear',
    'lctl set_param -n ldlm.namespaces.lustre-MDT*-mdc-ffff88811222a800.lru_size=clear',
  ]);
});

it.each<[string, Script, string]>([
  [
    'an ordinary user',
    { set_param: { code: 13, stderr: "error: set_param: setting 'x': Permission denied\n" } },
    "locks of the client are kept: error: set_param: setting 'x': Permission denied (lctl set_param needs root)",
  ],
  [
    'a host without lctl',
    { set_param: { code: 127, stderr: '' } },
    'locks of the client are kept: lctl is missing',
  ],
  [
    'a file of somebody else',
    { 'dd if': { code: 1, stderr: "dd: failed to open 'x': Permission denied\n" }, set_param: '' },
    "pages of the file are kept: dd: failed to open 'x': Permission denied",
  ],
])('says what %s keeps', async (_, script, kept) => {
  expect(await drop(script)).toBe(kept);
});
