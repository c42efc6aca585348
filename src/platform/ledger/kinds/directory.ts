import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { expectAnswer } from './expect-answer.ts';
import { fileNoun } from './file-noun.ts';
import { mountsWithin } from './mounts-within.ts';
import { parentIsThere } from './own-path.ts';
import type { Removed, ResourceKind } from './kind.ts';

/** The file in a directory of ours that proves it, its first line being the token. */
export const tokenFile = '.virtgauge';

/** What names a directory of ours. */
export const directoryFields = {
  path: z.string().refine(isAbsolute, 'expected an absolute path'),
  /** Drawn at random for this directory. */
  token: z.string().regex(/^[0-9a-f]{16}$/, 'expected 16 hexadecimal digits'),
};

const schema = z.strictObject({ kind: z.literal('directory'), ...directoryFields });

/** A directory made by `createOwnedDirectory`, with all that lies in it. */
export const directory: ResourceKind<typeof schema> = {
  schema,
  rank: 2,
  unmistakable: true,
  describe: ({ path }) => path,

  async remove({ path, token }) {
    await expectAnswer(dirname(path));
    if (!parentIsThere(path)) return [];
    // Renamed first: should the removal be cut short, the token in the name still proves whose
    // the rest is. Nobody else can come by that name.
    const condemned = `${path}.removing-${token}`;
    if (isOurs(path, token)) {
      refuseMounts(path);
      await rename(path, condemned).catch(unlessGone);
    }
    if (!isDirectory(condemned)) return [];
    refuseMounts(condemned);
    const removed = [...imagesIn(condemned), { what: 'work folder', count: 1 }];
    await rm(condemned, { recursive: true, force: true, maxRetries: 3 });
    return removed;
  },
};

/**
 * Whether the directory carries the token; false if there is none, or if another run has made one
 * of its own in that place.
 * @throws Error if there is something that nothing shows to be ours
 */
function isOurs(path: string, token: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (!found.isDirectory()) throw new Error('expected a directory, found something else');
  const names = readdirSync(path);
  if (names.length === 0) return true;
  if (names.includes(tokenFile)) {
    const first = tokenIn(join(path, tokenFile));
    if (first === token) return true;
    // Killed while the token was being written.
    if (names.length === 1 && token.startsWith(first)) return true;
    if (/^[0-9a-f]{16}$/.test(first)) return false;
  }
  throw new Error(`it is not empty and has no ${tokenFile} file of this run in it`);
}

function tokenIn(path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return 'no file';
  return readFileSync(path, 'latin1').split('\n', 1)[0] ?? '';
}

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function refuseMounts(path: string): void {
  const mounts = mountsWithin(path, readFileSync('/proc/self/mountinfo', 'utf8'));
  if (mounts.length > 0) throw new Error(`something is mounted in it: ${mounts.join(', ')}`);
}

function unlessGone(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

function imagesIn(path: string): Removed[] {
  const count = readdirSync(path, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && fileNoun(entry.name) === 'disk image',
  ).length;
  return count === 0 ? [] : [{ what: 'disk image', count }];
}
