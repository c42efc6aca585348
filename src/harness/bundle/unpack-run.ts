import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import type { Manifest } from './manifest.ts';
import { readBundle } from './read-bundle.ts';

/**
 * Whether a path is a file, and so a bundle rather than a run folder.
 * @throws UserError for a file that is named like a folder
 */
export function isBundle(path: string): boolean {
  if (isFile(path)) return true;
  const name = path.replace(/\/+$/, '');
  if (name === path || !isFile(name)) return false;
  throw new UserError({
    where: path,
    message: 'expected the folder of a run or a bundle, got a file with a slash behind its name',
    remedy: `If it is a bundle, name it without the slash: ${name}`,
  });
}

/** What cannot be looked at is none; whoever reads it says why. */
function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}

/**
 * Unpacks a bundle into a new folder; nothing is left of it where the bundle is refused.
 * @throws UserError if the folder exists
 */
export async function unpackRun(path: string, folder: string): Promise<Manifest> {
  try {
    mkdirSync(folder);
  } catch (cause) {
    throw new UserError(
      {
        where: folder,
        message: `expected to make a new folder for the bundle (${(cause as Error).message})`,
        remedy: 'Name another one: --output FOLDER.',
      },
      { cause },
    );
  }
  try {
    return await readBundle(path, folder);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Calls with the folder of a run, which of a bundle is unpacked for so long. */
export async function withRunFolder<T>(
  path: string,
  use: (folder: string) => T | Promise<T>,
): Promise<T> {
  if (!isBundle(path)) return use(path);
  const place = mkdtempSync(join(tmpdir(), 'virtgauge-bundle-'));
  try {
    const folder = join(place, 'run');
    await unpackRun(path, folder);
    return await use(folder);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
