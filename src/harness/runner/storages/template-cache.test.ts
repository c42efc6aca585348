import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localShell } from '../../../platform/remote/local.ts';
import { setFileCache } from './template-cache.ts';

const never = new AbortController().signal;
const size = 8 * 2 ** 20;
const noFincore = spawnSync('fincore', ['--version']).error !== undefined;
const isRoot = process.getuid?.() === 0;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-cache-'));
  file = join(folder, 'template, 1.raw');
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = async () => {
  writeFileSync(file, Buffer.alloc(size, 'data'));
  await localShell.run(['sync', file]);
};
const held = async () => {
  const argv = ['fincore', '--bytes', '--noheadings', '--output', 'RES', file] as const;
  return Number((await localShell.run(argv)).stdout);
};

describe.skipIf(noFincore)(`a file${noFincore ? ', skipped: fincore is missing' : ''}`, () => {
  it('is out of memory when cold, and in it when warm', async () => {
    await write();
    const { stdout } = await localShell.run(['stat', '-f', '-c', '%T', folder]);
    // Where the file system is memory there is nothing else.
    if (stdout.trim() === 'tmpfs') return;
    expect(await setFileCache(localShell, {}, file, 'cold', never)).toBeUndefined();
    expect(await held()).toBeLessThan(size / 50);
    expect(await setFileCache(localShell, {}, file, 'warm', never)).toBeUndefined();
    expect(await held()).toBe(size);
  });

  it.skipIf(!isRoot)(
    `that cannot leave memory is said to be there${isRoot ? '' : ', skipped: needs root'}`,
    async () => {
      expect(spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]).status).toBe(0);
      try {
        await write();
        expect(await setFileCache(localShell, {}, file, 'cold', never)).toBe(
          'the host keeps 100 % of it in memory',
        );
      } finally {
        spawnSync('umount', [folder]);
      }
    },
  );
});

it('is dropped by the storage itself where that knows how', async () => {
  const dropped: string[] = [];
  const dropCaches = (_: unknown, path: string) => {
    dropped.push(path);
    return Promise.resolve('locks are kept');
  };
  const said = await setFileCache(localShell, { dropCaches }, file, 'cold', never);
  expect([said, dropped]).toEqual(['locks are kept', [file]]);
});

it('that is missing cannot be warm, and is said to be missing', async () => {
  await expect(setFileCache(localShell, {}, file, 'warm', never)).rejects.toThrow('No such file');
  expect(await setFileCache(localShell, {}, file, 'cold', never)).toMatch('No such file');
});
