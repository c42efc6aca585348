import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { localShell } from '../../remote/local.ts';
import { CommandError, type Shell } from '../../remote/shell.ts';
import { dependencies, unpackPackages, withLibraries } from './packages.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-packages-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** This machine with another archive: what `apt-cache depends` prints for each package. */
function archive(depends: Readonly<Record<string, string>>): Shell {
  return {
    ...localShell,
    run: ([program, verb, ...names], options) => {
      expect([program, verb]).toEqual(['apt-cache', 'depends']);
      expect(options?.env).toEqual({ LC_ALL: 'C' });
      const stdout = names.map((name) => `${name}\n${depends[name] ?? ''}`).join('');
      return Promise.resolve({ stdout, stderr: '' });
    },
  };
}

it('takes hard dependencies alone', async () => {
  const shell = archive({
    fio: [
      '  PreDepends: libc6',
      '  Depends: libaio1t64',
      ' |Depends: python3',
      '  Depends: <perl-virtual>',
      '    perl',
      '  Suggests: gnuplot',
      '  Conflicts: fio-old',
      '',
    ].join('\n'),
  });
  expect(await dependencies(shell, 'fio')).toEqual(['libc6', 'libaio1t64']);
});

it('takes the libraries of libraries, without those unused and what only they need', async () => {
  const shell = archive({
    fio: '  Depends: libaio1\n  Depends: librbd1\n  Depends: python3\n',
    libaio1: '  Depends: libc6\n',
    librbd1: '  Depends: libboost\n',
    libc6: '  Depends: libgcc-s1\n',
    'libgcc-s1': '  Depends: libc6\n',
  });
  expect(await withLibraries(shell, ['fio'], /^librbd/)).toEqual([
    'fio',
    'libaio1',
    'libc6',
    'libgcc-s1',
  ]);
});

const missing = spawnSync('dpkg-deb', ['--version']).error !== undefined;
describe.skipIf(missing)(`unpacking${missing ? ', skipped: dpkg is missing' : ''}`, () => {
  it('gives the files and the versions, also those with an epoch', async () => {
    const tree = join(folder, 'tree');
    mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
    mkdirSync(join(tree, 'usr/bin'), { recursive: true });
    writeFileSync(join(tree, 'usr/bin/hello'), 'hello');
    writeFileSync(
      join(tree, 'DEBIAN/control'),
      'Package: hello\nVersion: 1:2.0-1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: x\n',
    );
    chmodSync(join(tree, 'DEBIAN'), 0o755);
    const built = join(folder, 'built.deb');
    await localShell.run(['dpkg-deb', '--build', tree, built]);
    const shell: Shell = {
      ...localShell,
      run: (argv, options) => {
        if (argv[0] !== 'apt-get') return localShell.run(argv, options);
        copyFileSync(built, join(options?.cwd ?? '', 'hello_1%3a2.0-1_all.deb'));
        return Promise.resolve({ stdout: '', stderr: '' });
      },
    };
    const { root, versions } = await unpackPackages(shell, ['hello'], join(folder, 'work'));
    expect(versions).toEqual({ hello: '1:2.0-1' });
    expect(readFileSync(join(root, 'usr/bin/hello'), 'utf8')).toBe('hello');
  });

  it('says what the archive said if it cannot be reached', async () => {
    const stderr = 'Err:1 somewhere\nE: Unable to locate package hello\n';
    const shell: Shell = {
      ...localShell,
      run: (argv) => Promise.reject(new CommandError('localhost', argv, 'ended', { stderr })),
    };
    const error: unknown = await unpackPackages(shell, ['hello'], folder).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain('E: Unable to locate package hello');
    expect((error as UserError).message).toContain('apt-get update');
  });
});
