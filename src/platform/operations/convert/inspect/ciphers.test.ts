import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { localShell } from '../../../remote/local.ts';
import type { Shell } from '../../../remote/shell.ts';
import { parseCiphers, readCiphers } from './ciphers.ts';

const initramfs = (...names: string[]) =>
  ({ state: 'read', modules: new Set<string>(), names: new Set(names) }) as const;

it.each([
  ['no sda5_crypt none luks,discard', { waits: true, keyed: false, early: false }],
  ['no sda5_crypt none luks,tpm2-device=auto', { waits: true, keyed: false }],
  ['yes sda5_crypt /etc/key luks,keyscript=/sbin/ask', { keyed: false, early: false }],
  ['yes data /etc/keys/data luks', { waits: true, keyed: true, early: false }],
  ['no data /mnt/stick/key luks,nofail', { waits: false, keyed: false }],
  ['no data none noauto', { waits: false, keyed: false }],
  ['yes swap /dev/urandom swap', { waits: true, keyed: true }],
  ['no old - -', { waits: true, keyed: false }],
])('reads %j', (line, cipher) => {
  expect(parseCiphers(`${line}\n`, { state: 'none' })).toMatchObject([cipher]);
});

it('knows a key that the initramfs has', () => {
  const line = 'yes sda5_crypt /etc/keys/root luks';
  const early = (...names: string[]) => parseCiphers(line, initramfs(...names))[0]?.early;
  expect(early('cryptroot/keyfiles/sda5_crypt.key')).toBe(true);
  expect(early('etc/keys/root')).toBe(true);
  expect(early('cryptroot/keyfiles/other.key', 'etc/crypttab')).toBe(false);
});

it('reads a last line without its end, and keys where systemd looks for them', async () => {
  const run = promisify(execFile);
  const root = mkdtempSync(join(tmpdir(), 'virtgauge-crypttab-'));
  try {
    mkdirSync(join(root, 'cryptsetup-keys.d'));
    writeFileSync(join(root, 'cryptsetup-keys.d/data.key'), 'key');
    writeFileSync(join(root, 'crypttab'), '# name\n\ndata UUID=1 none luks\nother UUID=2');
    const shell: Shell = {
      ...localShell,
      run: async ([, , script = '']) => run('sh', ['-c', script.replaceAll('/etc/', `${root}/`)]),
    };
    expect(await readCiphers(shell, { state: 'none' })).toMatchObject([
      { name: 'data', waits: true, keyed: true },
      { name: 'other', waits: true, keyed: false },
    ]);
  } finally {
    rmSync(root, { recursive: true });
  }
});

it('reads what this machine says', async () => {
  expect(Array.isArray(await readCiphers(localShell, { state: 'none' }))).toBe(true);
});
