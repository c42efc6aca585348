import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { localShell } from '../../../remote/local.ts';
import { checkFileSystems } from './file-systems.ts';

const folder = mkdtempSync(join(tmpdir(), 'vg-fsck-'));
afterAll(() => rmSync(folder, { recursive: true }));
const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };
const tool = (program: string, ...args: string[]) =>
  execFileSync(program, args, { env, stdio: 'pipe' });

it('finds the errors of a file system on a disk image, and leaves the image as it is', async () => {
  const [path, work] = [join(folder, 'disk'), join(folder, 'work')];
  tool('mke2fs', '-q', '-F', '-t', 'ext4', '-b', '4096', path, '32M');
  const bytes = statSync(path).size;
  const check = () => checkFileSystems(localShell, { path, bytes, work });
  expect(await check()).toMatchObject({ checked: 1, faulty: 0 });

  // All inodes of the first group are said to be free, the root among them.
  const text = execFileSync('dumpe2fs', [path], { env, encoding: 'utf8', stdio: 'pipe' });
  const [, map = '0'] = /Inode bitmap at (\d+)/.exec(text) ?? [];
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(8), 0, 8, Number(map) * 4096);
  closeSync(file);
  const before = readFileSync(path);
  const found = await check();
  expect(found).toMatchObject({ checked: 1, faulty: 1 });
  expect(found.report).toMatch(/e2fsck ended with code 4\n[^]*bitmap/);
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(existsSync(work)).toBe(false);
});

it('tells what it does not check', async () => {
  const path = join(folder, 'swap');
  tool('truncate', '-s', '1M', path);
  const found = await checkFileSystems(localShell, { path, bytes: 2 ** 20, work: folder });
  expect(found).toEqual({
    ...{ checked: 0, faulty: 0 },
    report: 'at byte 0: no ext file system, not checked\n',
  });
});
