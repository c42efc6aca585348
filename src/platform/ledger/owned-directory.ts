import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, rmdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { tokenFile } from './kinds/directory.ts';
import { withRealParent } from './kinds/own-path.ts';
import { randomToken, type Entry, type Ledger } from './ledger.ts';

/** A directory that goes, with all that lies in it, when its entry is removed. */
export interface OwnedDirectory {
  /** With no symbolic link in the folders that lead to it. */
  path: string;
  entry: Entry;
}

/**
 * Enters a directory in the ledger, then makes it, with a token in it by which `clean` knows it
 * again: nothing but a directory made here is ever removed. Its folder must be there already.
 * @throws UserError if it exists already or cannot be made
 */
export function createOwnedDirectory(ledger: Ledger, path: string): OwnedDirectory {
  const real = whereReal(path);
  const token = randomToken();
  const entry = ledger.enter({ kind: 'directory', path: real, token });
  let made = false;
  try {
    mkdirSync(real);
    made = true;
    writeToken(join(real, tokenFile), token);
  } catch (cause) {
    if (made) {
      rmSync(join(real, tokenFile), { force: true });
      rmdirSync(real);
    }
    ledger.release(entry);
    throw cannotMake(path, cause);
  }
  return { path: real, entry };
}

function whereReal(path: string): string {
  try {
    return withRealParent(path);
  } catch (cause) {
    throw cannotMake(path, cause);
  }
}

/** What stands in the token file: the token, and a word to whoever finds it. */
export function tokenText(token: string): string {
  return `${token}\nA work folder of virtgauge. "virtgauge clean" removes it once its run has ended.\n`;
}

/** Synced: after a power cut, images without the token beside them could not be cleaned. */
function writeToken(path: string, token: string): void {
  const descriptor = openSync(path, 'wx');
  try {
    writeSync(descriptor, tokenText(token));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function cannotMake(path: string, cause: unknown): UserError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const exists = code === 'EEXIST';
  return new UserError(
    {
      where: path,
      message: exists
        ? 'expected a path where nothing is yet, found something there'
        : `the work folder cannot be made (${message})`,
      remedy: exists
        ? 'If an earlier run left it: virtgauge clean'
        : 'Choose a directory that exists, has space and can be written.',
    },
    { cause },
  );
}
