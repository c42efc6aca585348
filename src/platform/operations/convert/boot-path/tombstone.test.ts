import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localShell } from '../../../remote/local.ts';
import type { Argv, Shell } from '../../../remote/shell.ts';
import { envBlock, envBlockBytes } from './env-block.ts';
import { armTombstone, exhume, isBuried } from './tombstone.ts';

const tombstoneAt = 3 * envBlockBytes;
const [before, set] = [envBlock(false), envBlock(true)];
/** What another file may have there by now; as a disk has it, not only text. */
const foreign = 'data\0'.repeat(envBlockBytes).slice(0, envBlockBytes);

let folder: string;
let disk: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-tombstone-'));
  disk = join(folder, 'disk');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** This machine, with a folder for /run, and files as disks: not all file systems take them direct. */
function shell(): Shell {
  const here = (argv: Argv) =>
    argv.map((word) =>
      word.replace(/^\/run\//, `${folder}/`).replaceAll(/(?<=[io]flag=)direct,/g, ''),
    ) as [string, ...string[]];
  return {
    ...localShell,
    run: (argv, options) => localShell.run(here(argv), options),
    open: (argv, options) => localShell.open(here(argv), options),
    writeFile: (path, text) => localShell.writeFile(path.replace(/^\/run\//, `${folder}/`), text),
  };
}

const place = () => ({ disk, tombstoneAt });
const put = (block: string) => writeFileSync(disk, ' '.repeat(tombstoneAt) + block + 'end');
const there = () => readFileSync(disk, 'utf8').slice(tombstoneAt, -3);

describe('a tombstone', () => {
  it('is set where its place is, and taken back', async () => {
    put(before);
    const armed = await armTombstone(shell(), place());
    expect([there(), await isBuried(shell(), place())]).toEqual([before, false]);
    await armed.bury();
    expect([there(), await isBuried(shell(), place())]).toEqual([set, true]);
    await exhume(shell(), place());
    expect([there(), await isBuried(shell(), place())]).toEqual([before, false]);
  });

  it('is let be where it was not set', async () => {
    put(before);
    (await armTombstone(shell(), place())).disarm();
    expect(there()).toBe(before);
  });

  it('is taken back from nothing else', async () => {
    put(foreign);
    await exhume(shell(), place());
    expect(there()).toBe(foreign);
  });

  it('is not said to be taken back where its place cannot be read', async () => {
    await expect(exhume(shell(), place())).rejects.toThrow('No such file');
  });
});
