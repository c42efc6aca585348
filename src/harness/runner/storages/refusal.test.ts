import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { openLedger, type Ledger } from '../../../platform/ledger/ledger.ts';
import { createOwnedDirectory } from '../../../platform/ledger/owned-directory.ts';
import { localShell } from '../../../platform/remote/local.ts';
import { CommandError } from '../../../platform/remote/shell.ts';
import { orRefused, refusalOf } from './refusal.ts';

const where = 'storages.shared (h1:/mnt/x)';
const failed = (stderr: string) =>
  new CommandError('h1', ['mkdir', '--', '/mnt/No space left'], 'ended with code 1', { stderr });

it.each([
  ["mkdir: cannot create directory '/mnt/x': Read-only file system", /read-only/, /remount/],
  ["cp: failed to close '/mnt/x': Disk quota exceeded", /quota/, /quota raised/],
  ["mkdir: cannot create directory '/mnt/x': Permission denied", /denied/, /squash root/],
  ['qemu-img: error while writing: No space left on device', /free inodes/, /Make space/],
])('of %s is told with what to do', (stderr, message, remedy) => {
  const told = refusalOf(new UserError({ message: 'it' }, { cause: failed(stderr) }), where);
  const [problem] = told?.problems ?? [];
  expect(problem?.where).toBe(where);
  expect(problem?.message).toMatch(message);
  expect(problem?.remedy).toMatch(remedy);
});

it('is not read out of the words of a command, and other errors stay what they are', async () => {
  expect(refusalOf(failed('mkdir: File exists'), where)).toBeUndefined();
  const error = failed('mkdir: File exists');
  await expect(orRefused(where, () => Promise.reject(error))).rejects.toBe(error);
  const own = new UserError({ message: 'expected a layout: permission denied' });
  await expect(orRefused(where, () => Promise.reject(own))).rejects.toBe(own);
  expect(await orRefused(where, () => Promise.resolve(1))).toBe(1);
});

const isRoot = process.getuid?.() === 0;
describe.skipIf(!isRoot)(`a mount of our own${isRoot ? '' : ', skipped: needs root'}`, () => {
  let work: string;
  let folder: string;
  let ledger: Ledger;
  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'virtgauge-refusal-'));
    folder = join(work, 'mount');
    mkdirSync(folder);
    ledger = openLedger({ stateDirectory: join(work, 'state'), label: 'r' });
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status).toBe(0);
  });
  afterEach(async () => {
    await ledger.removeAll();
    ledger.close();
    spawnSync('umount', [folder]);
    rmSync(work, { recursive: true });
  });

  it('that is read-only is called so', async () => {
    spawnSync('mount', ['-o', 'remount,ro', folder]);
    const made = orRefused(where, () =>
      Promise.resolve(createOwnedDirectory(ledger, join(folder, 'work'))),
    );
    await expect(made).rejects.toThrow(/storages\.shared .*it is mounted read-only/);
  });

  it('that is full is called so', async () => {
    const fill = ['dd', 'if=/dev/zero', `of=${join(folder, 'all')}`, 'bs=128k', 'count=1'] as const;
    await expect(orRefused(where, () => localShell.run(fill))).rejects.toThrow(/No space left/);
  });
});
