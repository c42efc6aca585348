import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingPrograms } from '../../missing-programs.example.ts';
import { localShell } from '../../remote/local.ts';
import { neededLibraries } from './libraries.ts';

const missing = missingPrograms(['gcc', 'readelf']);

describe.skipIf(missing.length > 0)(`needed libraries (missing: ${missing.join() || '-'})`, () => {
  let root: string;
  let program: string;
  const libc = /^(libc\.|ld-linux)/;

  /** A program that needs libouter, which needs libinner. */
  beforeAll(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'virtgauge-libraries-')));
    const lib = join(root, 'usr/lib');
    mkdirSync(lib, { recursive: true });
    const build = (source: string, ...args: string[]) => {
      writeFileSync(join(root, 'x.c'), source);
      return localShell.run(['gcc', join(root, 'x.c'), ...args, `-L${lib}`, `-Wl,-rpath,${lib}`]);
    };
    const library = (name: string) => ['-shared', '-fPIC', '-o', join(lib, `lib${name}.so`)];
    await build('int inner(void) { return 1; }', ...library('inner'), '-Wl,-soname,libinner.so.1');
    renameSync(join(lib, 'libinner.so'), join(lib, 'libinner.so.1.0'));
    symlinkSync('libinner.so.1.0', join(lib, 'libinner.so.1'));
    symlinkSync('libinner.so.1.0', join(lib, 'libinner.so'));
    await build(
      'int inner(void); int outer(void) { return inner(); }',
      ...library('outer'),
      '-linner',
    );
    program = join(root, 'program');
    await build('int outer(void); int main(void) { return outer(); }', '-o', program, '-louter');
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('are found through each other, by the name that the loader asks for', async () => {
    expect(await neededLibraries(localShell, root, [program], libc)).toEqual(
      new Map([
        ['libouter.so', join(root, 'usr/lib/libouter.so')],
        ['libinner.so.1', join(root, 'usr/lib/libinner.so.1.0')],
      ]),
    );
  });

  it('do not count if they are unused', async () => {
    const found = await neededLibraries(localShell, root, [program], /^(libouter|libc\.|ld-)/);
    expect([...found]).toEqual([]);
  });

  it('must be there', async () => {
    await expect(neededLibraries(localShell, root, [program], /^never$/)).rejects.toThrow(
      /^libc\.so\.6 is in none of the unpacked packages$/,
    );
  });
});
