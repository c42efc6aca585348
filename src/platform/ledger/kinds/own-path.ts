import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * The path with no symbolic link in the folders that lead to it.
 * @throws the error of realpath(3) if its folder is not there
 */
export function withRealParent(path: string): string {
  const absolute = resolve(path);
  return join(realpathSync(dirname(absolute)), basename(absolute));
}

/**
 * Whether the folder of a path that `withRealParent` gave is still what it was; false if it is gone.
 * @throws Error if a symbolic link has come into it
 */
export function parentIsThere(path: string): boolean {
  try {
    if (withRealParent(path) === path) return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
  throw new Error('a symbolic link leads to it now');
}
