import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { file } from './file.ts';

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'virtgauge-file-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

const remove = (...names: string[]) => file.remove({ kind: 'file', path: join(folder, ...names) });

it('removes a file and says what it was', async () => {
  writeFileSync(join(folder, 'disk.qcow2'), '');
  writeFileSync(join(folder, 'log'), '');
  expect(await remove('disk.qcow2')).toEqual([{ what: 'disk image', count: 1 }]);
  expect(await remove('log')).toEqual([{ what: 'file', count: 1 }]);
  expect(readdirSync(folder)).toEqual([]);
});

it('takes a file that is gone, or its folder, for removed', async () => {
  expect(await remove('none')).toEqual([]);
  expect(await remove('no', 'such')).toEqual([]);
});

it('leaves alone what is no file', async () => {
  writeFileSync(join(folder, 'target'), '');
  symlinkSync('target', join(folder, 'link'));
  mkdirSync(join(folder, 'directory'));
  await expect(remove('link')).rejects.toThrow('expected a file');
  await expect(remove('directory')).rejects.toThrow('expected a file');
  expect(readdirSync(folder)).toEqual(['directory', 'link', 'target']);
});

it('leaves alone what a symbolic link leads to now', async () => {
  mkdirSync(join(folder, 'home'));
  writeFileSync(join(folder, 'home', 'disk.qcow2'), '');
  symlinkSync('home', join(folder, 'work'));
  await expect(remove('work', 'disk.qcow2')).rejects.toThrow('symbolic link');
  expect(readdirSync(join(folder, 'home'))).toEqual(['disk.qcow2']);
});
