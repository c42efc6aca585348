import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tokenFile } from '../../../platform/ledger/kinds/directory.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { localShell } from '../../../platform/remote/local.ts';
import { CommandError } from '../../../platform/remote/shell.ts';
import { thisMachine } from '../../../platform/remote/this-machine.ts';
import { placeInWords, requireSameFiles } from './same-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtgauge-same-'));
  writeFileSync(join(folder, tokenFile), 'token');
});
afterEach(() => rmSync(folder, { recursive: true }));

const hostOf = (name: string, read: Host['shell']['readFile']): Host => ({
  ...thisMachine(folder, name),
  shell: { ...localShell, readFile: read },
});
const absent = (path: string) => Promise.reject(new CommandError('b', ['cat', path], 'ended'));

it('are the same once the other host sees what was written', async () => {
  let reads = 0;
  const slow = hostOf('b', (path) => (++reads < 3 ? absent(path) : localShell.readFile(path)));
  await requireSameFiles('disk', thisMachine(folder, 'a'), slow, folder);
  expect(reads).toBe(3);
});

it('are not where another file lies in their place', async () => {
  const other = hostOf('b', () => Promise.resolve(Buffer.from('another token')));
  await expect(requireSameFiles('disk', thisMachine(folder, 'a'), other, folder)).rejects.toThrow(
    /b does not find there what a has written/,
  );
});

it('are not in a directory that only looks alike, and what each host has there is told', async () => {
  const look = hostOf('b', absent);
  const mounts = '10.0.0.1@tcp:/scratch /mnt lustre rw,flock 0 0\n';
  const lustre: Host = {
    ...thisMachine(folder, 'a'),
    shell: {
      ...localShell,
      run: async (argv, options) => {
        if (argv.at(-1) !== folder || !argv.join(' ').includes('/proc/self/mounts')) {
          return localShell.run(argv, options);
        }
        return Promise.resolve({ stdout: `/mnt\n${mounts}`, stderr: '' });
      },
    },
  };
  await expect(requireSameFiles('disk', lustre, look, folder)).rejects.toThrow(
    /storages\.disk: .*: a has lustre from 10\.0\.0\.1@tcp:\/scratch, mounted at \/mnt there, b has \w+ from .*, mounted at \//,
  );
});

it('lie nowhere where there is no directory', async () => {
  expect(await placeInWords(localShell, join(folder, 'no', 'where'))).toMatch(
    new RegExp(`^no such directory \\(${folder} is \\w+ from .* mounted at /`),
  );
});
