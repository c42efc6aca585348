import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../base/errors.ts';
import { readRun } from '../../results/run-file.ts';
import type { Run } from '../../results/schema.ts';
import { identityOf } from '../stored/identity.ts';
import { readStoredRun, type StoredRun } from '../stored/read-stored-run.ts';

/** Runs of a scenario that lie side by side in one folder. */
export interface StoredHistory {
  /** Ended ones, oldest first. */
  runs: StoredRun[];
  /** What was left out, in sentences. */
  notes: string[];
}

/**
 * Reads the runs of the same scenario from a plain folder: every folder in it that has a `run.json`, also
 * the folder itself. Those in question are left out, and so are runs that have not ended.
 * @param most newest runs to take
 * @throws UserError if the folder cannot be read, or a run in it is damaged or of another schema
 */
export function readHistory(
  folder: string,
  current: readonly StoredRun[],
  most: number,
): StoredHistory {
  const [first] = current;
  const own = new Set(current.map((one) => realpathSync(one.folder)));
  const found = foldersIn(folder)
    .filter((path) => existsSync(join(path, 'run.json')) && !own.has(realpathSync(path)))
    .map((path) => ({ path, run: readRun(path) }));
  const alike = found.filter(({ run }) => nameOf(run) === (first && nameOf(first.run)));
  const known = new Set(current.map(({ run }) => identityOf(run)));
  const others = alike.filter(({ run }) => !known.has(identityOf(run)));
  // A copy says nothing of the noise between runs.
  const earlier = [...new Map(others.map((one) => [identityOf(one.run), one])).values()];
  const ended = earlier.filter(
    ({ run }) => run.endedAt !== undefined && run.confirms === undefined,
  );
  const confirming = earlier.filter(({ run }) => run.confirms !== undefined).length;
  ended.sort(
    (a, b) => compareTexts(a.run.startedAt, b.run.startedAt) || compareTexts(a.path, b.path),
  );
  const taken = ended.slice(-most);
  return {
    runs: taken.map(({ path }) => readStoredRun(path)),
    notes: [
      ...(found.length > alike.length
        ? [counted(found.length - alike.length, 'of another scenario is', 'of other scenarios are')]
        : []),
      ...(earlier.length > ended.length + confirming
        ? [
            counted(
              earlier.length - ended.length - confirming,
              'has not ended and is',
              'have not ended and are',
            ),
          ]
        : []),
      ...(others.length > earlier.length
        ? [counted(others.length - earlier.length, 'is a copy and is', 'are copies and are')]
        : []),
      ...(confirming > 0
        ? [counted(confirming, 'confirms another and is', 'confirm others and are')]
        : []),
    ],
  };
}

/**
 * A folder and those in it.
 * @throws UserError if it cannot be read
 */
export function foldersIn(folder: string): string[] {
  try {
    return [
      folder,
      ...readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
        .map(({ name }) => join(folder, name)),
    ];
  } catch (cause) {
    throw new UserError(
      {
        where: folder,
        message: `expected a folder of runs (${(cause as Error).message})`,
        remedy: 'Such as results: each run in a folder of its own.',
      },
      { cause },
    );
  }
}

function nameOf({ scenario }: Run): unknown {
  return scenario['name'];
}

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? 'run' : 'runs'} in the folder ${count === 1 ? one : several} left out.`;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
