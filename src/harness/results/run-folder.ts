import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { makeFolder } from '../../platform/make-folder.ts';
import { readTrials } from './read-trials.ts';
import { repairLines, repairTrials } from './repair-log.ts';
import { readRun, writeRun } from './run-file.ts';
import { isLock, lockRunFolder } from './run-lock.ts';
import type { Event, Run, Sample, Trial } from './schema.ts';
import { logNames, TrialLog } from './trial-log.ts';

/** The folder of a run, open for writing; no other process can write it meanwhile. */
export interface RunFolder {
  /** Unique in its results folder. */
  readonly id: string;
  readonly path: string;
  /**
   * Writes `run.json`, in one piece.
   * @throws UserError if it cannot be written
   */
  writeRun(run: Run): void;
  /**
   * Records a trial: first its samples and events, then its line in the trial log, by which it
   * counts. On return it survives SIGKILL of this process; its line is not synced, so the trials of
   * the last seconds may be lost when the machine itself goes down.
   * @throws UserError if there is no space or the like: nothing of this trial is recorded then, and
   *   all earlier ones are kept
   * @throws Error if a value cannot be recorded (NaN, infinity) or belongs to another trial
   */
  appendTrial(trial: Trial, samples?: readonly Sample[], events?: readonly Event[]): void;
  /**
   * Takes out all other trials, with their samples and events.
   * @throws UserError if it cannot be written
   */
  keepOnly(trials: readonly Trial[]): void;
  /** Absolute path of a file below `artifacts/`, whose folder is there then. */
  artifact(relative: string): string;
  close(): void;
  /** Closes it; a new one goes with all that is in it, but a folder that was there before stays, empty. */
  discard(): void;
}

/**
 * Makes the folder of a new run.
 * @param results folder in which a folder named `id` (or `id-2`, `id-3`, …) is made
 * @param output exactly this folder instead: absent, or empty
 * @throws UserError if it cannot be made or written, or if `output` is not empty
 */
export function createRunFolder({
  results = 'results',
  output,
  id,
}: {
  results?: string;
  output?: string | undefined;
  id: string;
}): RunFolder {
  if (output === undefined) {
    const path = asUserError(results, () => makeUnique(results, id));
    const discard = () => rmSync(path, { recursive: true });
    return openForWriting(path, basename(path), lock(path), discard);
  }
  const made = !existsSync(output);
  asUserError(output, () => makeFolder(output));
  const unlock = lock(output);
  const there = asUserError(output, () => readdirSync(output));
  if (!there.every((name) => isLock(name) || isEmptyLog(join(output, name)))) {
    unlock();
    throw new UserError({
      where: output,
      message: 'expected an absent or empty folder for the results, found files in it',
      remedy: `Choose another --output, or continue the run that lies there: virtgauge resume ${output}`,
    });
  }
  return openForWriting(output, id, unlock, () => {
    if (made) rmSync(output, { recursive: true });
    else for (const name of readdirSync(output)) rmSync(join(output, name), { recursive: true });
  });
}

/**
 * Opens the folder of a run to continue it. What a killed process left half done is taken out: lines
 * that are cut off, and samples and events of trials that are not in the trial log.
 * @throws UserError if it is no run folder, is in use, is damaged or cannot be written
 */
export function openRunFolder(path: string): { folder: RunFolder; run: Run; trials: Trial[] } {
  const run = readRun(path);
  const unlock = lock(path);
  try {
    const trials = asUserError(path, () => repair(path));
    return { folder: openForWriting(path, run.id, unlock), run, trials };
  } catch (error) {
    unlock();
    throw error;
  }
}

function repair(path: string, counts: (trial: number) => boolean = () => true): Trial[] {
  const [log, ...others] = logNames.map((name) => join(path, name)) as [string, ...string[]];
  // The log first: a trial without its samples must never count.
  const trials = repairTrials(log, ({ trial }) => counts(trial));
  const counting = new Set(trials.map(({ trial }) => trial));
  for (const other of others) repairLines(other, (trial) => counting.has(trial));
  return trials;
}

/** What a run leaves that was killed before its first trial. */
function isEmptyLog(path: string): boolean {
  return (logNames as readonly string[]).includes(basename(path)) && statSync(path).size === 0;
}

function makeUnique(results: string, id: string): string {
  makeFolder(results);
  for (let number = 1; ; number++) {
    const path = join(results, number === 1 ? id : `${id}-${number}`);
    try {
      mkdirSync(path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function openForWriting(
  folder: string,
  id: string,
  unlock: () => void,
  discard: () => void = () => undefined,
): RunFolder {
  const path = resolve(folder);
  try {
    let log = asUserError(folder, () => new TrialLog(path));
    return {
      id,
      path,
      writeRun: (run) => asUserError(folder, () => writeRun(path, run)),
      appendTrial: (...record) => asUserError(folder, () => log.append(...record)),
      keepOnly(trials) {
        const kept = new Set(trials.map(({ trial }) => trial));
        if (readTrials(path).every(({ trial }) => kept.has(trial))) return;
        log.close();
        asUserError(folder, () => {
          repair(path, (trial) => kept.has(trial));
          log = new TrialLog(path);
        });
      },
      artifact(relative) {
        const artifact = join(path, 'artifacts', relative);
        asUserError(folder, () => mkdirSync(dirname(artifact), { recursive: true }));
        return artifact;
      },
      close() {
        log.close();
        unlock();
      },
      discard() {
        log.close();
        unlock();
        discard();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

function lock(folder: string): () => void {
  return asUserError(folder, () => lockRunFolder(folder));
}

/** What the operating system refuses is for the user to mend; everything else is passed on. */
function asUserError<T>(folder: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    const { code, syscall, message } = cause as NodeJS.ErrnoException;
    if (syscall === undefined) throw cause;
    // Without the call and the path, which may be one that says nothing to the user.
    const [reason = message] = message.split(', ', 1);
    const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
    throw new UserError(
      {
        where: folder,
        message: full
          ? `no space left for results; all earlier trials are kept (${reason})`
          : `results cannot be written there (${reason})`,
        remedy: full
          ? `Make space, then: virtgauge resume ${folder}`
          : 'Make the folder writable, or choose another with --output.',
      },
      { cause },
    );
  }
}
