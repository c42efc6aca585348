import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { currentOwner, ownerName } from '../../platform/ledger/owner.ts';
import { lockFolder } from './lock.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-test-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

it('a folder has one owner at a time', () => {
  const unlock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(`process ${process.pid}`);
  unlock();
  lockFolder(folder)();
});

it('the lock of a dead process counts no more, that of a process elsewhere does', () => {
  const path = join(folder, 'owner');
  writeFileSync(path, ownerName({ ...currentOwner(), start: '1' }));
  lockFolder(folder);
  expect(readFileSync(path, 'utf8').trim()).toBe(ownerName(currentOwner()));
  writeFileSync(path, ownerName({ ...currentOwner(), boot: 'b', machine: 'other' }));
  expect(() => lockFolder(folder)).toThrow('on other');
  writeFileSync(path, '');
  expect(() => lockFolder(folder)).toThrow('another process');
});
