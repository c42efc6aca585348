import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
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
 * @throws UserError if the folder exists; the reason of the signal
 */
export async function unpackRun(
  path: string,
  folder: string,
  signal?: AbortSignal,
): Promise<Manifest> {
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
    return await readBundle(path, folder, signal);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Unpacks a bundle into a new folder and calls with what it holds. Where that fails or is interrupted,
 * nothing is left of the folder, and errors name the bundle.
 */
export async function unpackFor<T>(
  path: string,
  folder: string,
  use: (manifest: Manifest) => T | Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const manifest = await unpackRun(path, folder, signal);
  try {
    const used = await use(manifest);
    // Signals come in between two turns only; what was used may have left no time to them.
    for (let turn = 0; signal !== undefined && turn < 2; turn++) await nextTurn();
    signal?.throwIfAborted();
    return used;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error instanceof UserError ? ofBundle(error, folder, path) : error;
  }
}

/** Calls with the folder of a run, which of a bundle is unpacked for so long. */
export async function withRunFolder<T>(
  path: string,
  use: (folder: string) => T | Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  if (!isBundle(path)) return use(path);
  const place = mkdtempSync(join(tmpdir(), 'virtgauge-bundle-'));
  try {
    const folder = join(place, 'run');
    return await unpackFor(path, folder, () => use(folder), signal);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** The same error, in the file of the bundle instead of one that is there no more. */
function ofBundle(error: UserError, folder: string, bundle: string): UserError {
  const problems = error.problems.map((problem) => {
    const inside = problem.where === undefined ? '..' : relative(folder, problem.where);
    // A report that cannot be written is no fault of the bundle.
    if (/^(?:\.\.|report)(?:\/|$)/.test(inside)) return problem;
    return { ...problem, where: join(bundle, inside) };
  });
  return new UserError(problems, { cause: error });
}
