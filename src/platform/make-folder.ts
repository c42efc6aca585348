import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it that are missing; that it is there already is no error. Node's
 * own recursive mkdir never ends where a folder exists but cannot hold new ones, as below /proc.
 * @throws the operating system's error
 */
export function makeFolder(path: string, mode = 0o777): void {
  const parent = dirname(resolve(path));
  if (parent !== resolve(path) && !existsSync(parent)) makeFolder(parent, mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    if (!exists || !statSync(path).isDirectory()) throw error;
  }
}
