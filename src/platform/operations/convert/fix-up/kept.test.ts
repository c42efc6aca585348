import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { localShell } from '../../../remote/local.ts';
import { keepAndRemove, keepAndReplace, undoMends } from './kept.ts';
import { newc } from './newc.ts';

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'vg-kept-'));
});
afterEach(() => rmSync(work, { recursive: true }));

it('replaces files whole, and puts all back as it was', async () => {
  const kept = join(work, 'kept');
  const [there, fresh] = [join(work, 'fs tab'), join(work, 'new.link')];
  writeFileSync(there, 'before\n');
  chmodSync(there, 0o640);
  await keepAndReplace(localShell, there, 'first\n', kept);
  await keepAndReplace(localShell, fresh, '[Match]\n', kept);
  await keepAndReplace(localShell, there, 'second\n', kept);
  expect(readFileSync(there, 'utf8')).toBe('second\n');
  expect(statSync(there).mode & 0o777).toBe(0o640);
  expect(readFileSync(fresh, 'utf8')).toBe('[Match]\n');
  await undoMends(localShell, kept);
  expect(readFileSync(there, 'utf8')).toBe('before\n');
  expect(existsSync(fresh)).toBe(false);
  expect(existsSync(kept)).toBe(false);
  // Nothing is left to do.
  await undoMends(localShell, kept);
});

it('takes files away, and brings them back unless others have made them anew', async () => {
  const kept = join(work, 'kept');
  const [ours, theirs] = [join(work, 'system.devices'), join(work, 'other')];
  for (const path of [ours, theirs]) {
    writeFileSync(path, 'before\n', { mode: 0o600 });
    await keepAndRemove(localShell, path, kept);
    expect(existsSync(path)).toBe(false);
  }
  writeFileSync(theirs, 'anew\n');
  expect(await undoMends(localShell, kept)).toEqual([theirs]);
  expect(readFileSync(ours, 'utf8')).toBe('before\n');
  expect(statSync(ours).mode & 0o777).toBe(0o600);
  expect(readFileSync(theirs, 'utf8')).toBe('anew\n');
});

it('leaves what others have changed since', async () => {
  const kept = join(work, 'kept');
  const [edited, gone, own, made] = ['fstab', 'gone', 'own', 'made'].map((name) =>
    join(work, name),
  );
  const files = [edited, gone, own, made].map((path) => path ?? '');
  for (const path of files.slice(0, 3)) writeFileSync(path, 'before\n');
  for (const path of files) await keepAndReplace(localShell, path, 'ours\n', kept);
  writeFileSync(edited ?? '', 'ours\nand theirs\n');
  rmSync(gone ?? '');
  writeFileSync(made ?? '', 'theirs\n');
  expect(await undoMends(localShell, kept)).toEqual([made, gone, edited]);
  expect(readFileSync(edited ?? '', 'utf8')).toBe('ours\nand theirs\n');
  expect(existsSync(gone ?? '')).toBe(false);
  expect(readFileSync(own ?? '', 'utf8')).toBe('before\n');
  expect(readFileSync(made ?? '', 'utf8')).toBe('theirs\n');
  expect(existsSync(kept)).toBe(false);
});

it('appends an archive where the kernel finds it: at a multiple of four', async () => {
  const [initramfs, added] = [join(work, 'initrd'), join(work, 'added')];
  const first = newc([{ path: 'etc' }, { path: 'etc/one', content: Buffer.from('1') }]);
  // As a packer may leave it.
  writeFileSync(initramfs, Buffer.concat([first, Buffer.alloc(3)]));
  writeFileSync(added, newc([{ path: 'lib/two', content: Buffer.from('22222') }]));
  await keepAndReplace(localShell, initramfs, { append: added }, join(work, 'kept'));
  const bytes = readFileSync(initramfs);
  const at = bytes.lastIndexOf('070701', bytes.indexOf('lib/two'));
  expect(at % 4).toBe(0);
  const list = (input: Buffer) =>
    execFileSync('cpio', ['-it', '--quiet'], { input, encoding: 'utf8' }).trim().split('\n');
  expect(list(bytes)).toEqual(['etc', 'etc/one']);
  expect(list(bytes.subarray(at))).toEqual(['lib/two']);
});
