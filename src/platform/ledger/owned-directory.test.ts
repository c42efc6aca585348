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
import { UserError } from '../../base/errors.ts';
import { openLedger, type Ledger } from './ledger.ts';
import { createOwnedDirectory } from './owned-directory.ts';

let work: string;
let ledger: Ledger;
beforeEach(() => {
  work = realpathSync(mkdtempSync(join(tmpdir(), 'virtgauge-owned-')));
  ledger = openLedger({ stateDirectory: join(work, 'state'), label: 'run-1' });
});
afterEach(() => {
  ledger.close();
  rmSync(work, { recursive: true });
});

it('goes with what was put in it when its entry is removed', async () => {
  const { path, entry } = createOwnedDirectory(ledger, join(work, 'run'));
  expect(ledger.held).toEqual([entry]);
  writeFileSync(join(path, 'a.raw'), '');
  expect(await ledger.remove(entry)).toEqual([
    { what: 'disk image', count: 1 },
    { what: 'work folder', count: 1 },
  ]);
  expect(ledger.held).toEqual([]);
  expect(readdirSync(work)).toEqual(['state']);
});

it('is removed also when it was asked for through a symbolic link', async () => {
  mkdirSync(join(work, 'real'));
  symlinkSync('real', join(work, 'link'));
  const { path } = createOwnedDirectory(ledger, join(work, 'link', 'run'));
  expect(path).toBe(join(work, 'real', 'run'));
  expect(await ledger.removeAll()).toMatchObject({ failures: [] });
  expect(readdirSync(join(work, 'real'))).toEqual([]);
});

it('is never one that was there before', async () => {
  mkdirSync(join(work, 'home'));
  expect(() => createOwnedDirectory(ledger, join(work, 'home'))).toThrow(UserError);
  expect(ledger.held).toEqual([]);
  await ledger.removeAll();
  expect(readdirSync(work)).toContain('home');
});

it.each([
  ['none', 'run'],
  ['file', 'run'],
])('needs a folder to be in: %s/%s', (...names) => {
  writeFileSync(join(work, 'file'), '');
  expect(() => createOwnedDirectory(ledger, join(work, ...names))).toThrow(UserError);
  expect(ledger.held).toEqual([]);
});
