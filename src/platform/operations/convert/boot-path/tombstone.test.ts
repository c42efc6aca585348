import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localShell } from '../../../remote/local.ts';
import type { Argv, Shell } from '../../../remote/shell.ts';
import { envBlock, envBlockBytes } from './env-block.ts';
import { armTombstone, exhume, isBuried } from './tombstone.ts';

const [token, tombstoneAt] = ['0123456789abcdef', 3 * envBlockBytes];
const [before, set] = [envBlock(false, token), envBlock(true, token)];
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

const place = () => ({ disk, tombstoneAt, token });
const put = (block: string) => writeFileSync(disk, ' '.repeat(tombstoneAt) + block + 'end');
const there = () => readFileSync(disk, 'utf8').slice(tombstoneAt, -3);

describe('a tombstone', () => {
  it('is set where the mark of its conversion stands, and taken back', async () => {
    put(before);
    const armed = await armTombstone(shell(), place());
    expect([there(), await isBuried(shell(), place())]).toEqual([before, false]);
    await armed.bury();
    expect([there(), await isBuried(shell(), place())]).toEqual([set, true]);
    await exhume(shell(), place());
    expect([there(), await isBuried(shell(), place())]).toEqual([before, false]);
  });

  it.each([
    ['the mark of another conversion', envBlock(false, 'fedcba9876543210')],
    ['a mark without a token', envBlock(false)],
    ['something else', foreign],
  ])('is not set over %s, at first or by then', async (_, other) => {
    put(other);
    const refusal = /no tombstone: .*not the mark of this conversion/;
    await expect(armTombstone(shell(), place())).rejects.toThrow(refusal);
    put(before);
    const armed = await armTombstone(shell(), place());
    put(other);
    await expect(armed.bury()).rejects.toThrow(refusal);
    expect(there()).toBe(other);
  });

  it('is not set where its place cannot be read, and it is told so', async () => {
    const armed = armTombstone(shell(), place());
    await expect(armed).rejects.toThrow(
      `no tombstone: byte ${tombstoneAt} of ${disk} cannot be read`,
    );
  });

  it('of a conversion without a token is set, too', async () => {
    put(envBlock(false));
    await (await armTombstone(shell(), { disk, tombstoneAt })).bury();
    expect(there()).toBe(envBlock(true));
  });

  it('is told whoever set it', async () => {
    put(envBlock(true, 'fedcba9876543210'));
    expect(await isBuried(shell(), place())).toBe(true);
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
