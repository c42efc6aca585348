import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { livingProcess } from '../../platform/ledger/living-process.ts';
import { currentOwner, ownerName } from '../../platform/ledger/owner.ts';
import { lockRunFolder } from './run-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('keeps the folder until it is given back', () => {
  const unlock = lockRunFolder(folder);
  expect(() => lockRunFolder(folder)).toThrow(`process ${process.pid} is writing this run`);
  unlock();
  expect(readdirSync(folder)).toEqual([]);
  lockRunFolder(folder)();
});

it('gives way to another living process, naming it, and leaves nothing of its own', () => {
  const other = spawn('sleep', ['60']);
  try {
    const pid = other.pid ?? 0;
    const start = livingProcess(pid)?.start ?? '';
    const lock = `.lock-${ownerName({ ...currentOwner(), pid, start })}`;
    writeFileSync(join(folder, lock), '');
    expect(() => lockRunFolder(folder)).toThrow(`kill ${pid}`);
    expect(readdirSync(folder)).toEqual([lock]);
  } finally {
    other.kill('SIGKILL');
  }
});

it('takes over from a process that is dead, even when its number is used again', () => {
  const dead = ownerName({ ...currentOwner(), start: '1' });
  writeFileSync(join(folder, `.lock-${dead}`), '');
  const unlock = lockRunFolder(folder);
  expect(readdirSync(folder)).toEqual([`.lock-${ownerName(currentOwner())}`]);
  unlock();
});

it('does not judge a process of another machine, and says how to go on', () => {
  const far = ownerName({ ...currentOwner(), boot: 'b007', machine: 'far', pid: 7 });
  writeFileSync(join(folder, `.lock-${far}`), '');
  expect(() => lockRunFolder(folder)).toThrow(/process 7 on far may be writing.*\n.*rm .*\.lock-7/);
});
