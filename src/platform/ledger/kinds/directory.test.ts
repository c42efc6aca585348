import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localShell } from '../../remote/local.ts';
import { directory, tokenFile } from './directory.ts';
import { removeDirectoryOn } from './remote-directory.ts';

const token = '0123456789abcdef';
let folder: string;
let path: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'virtgauge-directory-')));
  path = join(folder, 'work');
});
afterEach(() => rmSync(folder, { recursive: true }));

const ways = {
  'by itself': () => directory.remove({ kind: 'directory', path, token }),
  'through a shell': () => removeDirectoryOn(localShell, path, token),
};

function make(written: string | undefined, ...files: string[]): void {
  mkdirSync(path);
  if (written !== undefined) writeFileSync(join(path, tokenFile), written);
  for (const file of files) writeFileSync(join(path, file), '');
}

describe.each(Object.entries(ways))('%s', (_way, remove) => {
  describe('a directory of ours', () => {
    it('goes with all that lies in it', async () => {
      make(`${token}\nA work folder\n`, 'a.qcow2', 'log');
      mkdirSync(join(path, 'deep'));
      writeFileSync(join(path, 'deep', 'b.raw'), '');
      expect(await remove()).toEqual([
        { what: 'disk image', count: 2 },
        { what: 'work folder', count: 1 },
      ]);
      expect(readdirSync(folder)).toEqual([]);
      expect(await remove()).toEqual([]);
    });

    it('goes without what its links point to', async () => {
      mkdirSync(join(folder, 'home'));
      writeFileSync(join(folder, 'home', 'thesis.tex'), '');
      make(token);
      symlinkSync('../home', join(path, 'link'));
      await remove();
      expect(readdirSync(folder)).toEqual(['home']);
      expect(readdirSync(join(folder, 'home'))).toEqual(['thesis.tex']);
    });

    it.each([undefined, '', token.slice(0, 5)])(
      'goes although its owner was killed while making it (token %j)',
      async (written) => {
        make(written);
        expect(await remove()).toEqual([{ what: 'work folder', count: 1 }]);
        expect(readdirSync(folder)).toEqual([]);
      },
    );

    it('goes although an earlier removal was cut short, when the token was gone already', async () => {
      make(undefined, 'rest.qcow2');
      renameSync(path, `${path}.removing-${token}`);
      expect(await remove()).toContainEqual({ what: 'work folder', count: 1 });
      expect(readdirSync(folder)).toEqual([]);
    });
  });

  describe('a directory that is not ours', () => {
    it.each([
      ['without a token', undefined],
      ['with half of ours', token.slice(0, 8)],
      ['with a token file of somebody else', 'hello'],
    ])('is left alone, with a reason: %s', async (_, written) => {
      make(written, 'thesis.tex');
      await expect(remove()).rejects.toThrow('it is not empty and has no .virtgauge file');
      expect(readdirSync(path)).toContain('thesis.tex');
    });

    it('is left alone when another run has made it in that place', async () => {
      make(`${'f'.repeat(16)}\n`, 'disk.qcow2');
      expect(await remove()).toEqual([]);
      expect(readdirSync(path)).toContain('disk.qcow2');
    });

    it('is left alone behind a symbolic link, even one to a directory of ours', async () => {
      make(token);
      renameSync(path, join(folder, 'moved'));
      symlinkSync('moved', path);
      await expect(remove()).rejects.toThrow('expected a directory');
      rmSync(path);
      mkdirSync(join(folder, 'home', 'work'), { recursive: true });
      writeFileSync(join(folder, 'home', 'work', tokenFile), token);
      symlinkSync('home', join(folder, 'link'));
      path = join(folder, 'link', 'work');
      await expect(remove()).rejects.toThrow('symbolic link');
      expect(readdirSync(join(folder, 'home', 'work'))).toEqual([tokenFile]);
      expect(readdirSync(join(folder, 'moved'))).toEqual([tokenFile]);
    });

    it('has no say through a token file that is a link', async () => {
      make(undefined, 'thesis.tex');
      writeFileSync(join(folder, 'token'), token);
      symlinkSync('../token', join(path, tokenFile));
      await expect(remove()).rejects.toThrow('it is not empty');
      expect(readdirSync(path)).toContain('thesis.tex');
    });
  });
});
