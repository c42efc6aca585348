import { mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { makeFolder } from '../../platform/make-folder.ts';
import { repairLines, repairTrials } from './repair-log.ts';
import { readRun, writeRun } from './run-file.ts';
import { isLock, lockRunFolder } from './run-lock.ts';
import type { Event, Run, Sample, Trial } from './schema.ts';
import { TrialLog } from './trial-log.ts';

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
   * counts. On return it survives SIGKILL of this process; it is not synced, so the trials of the
   * last seconds may be lost when the machine itself goes down.
   * @throws UserError if there is no space or the like: nothing of this trial is recorded then, and
   *   all earlier ones are kept
   * @throws Error if a value cannot be recorded (NaN, infinity) or belongs to another trial
   */
  appendTrial(trial: Trial, samples?: readonly Sample[], events?: readonly Event[]): void;
  /** Absolute path of a file below `artifacts/`, whose folder is there then. */
  artifact(relative: string): string;
  close(): void;
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
    return openForWriting(path, basename(path), lock(path));
  }
  asUserError(output, () => makeFolder(output));
  const unlock = lock(output);
  if (asUserError(output, () => readdirSync(output)).some((name) => !isLock(name))) {
    unlock();
    throw new UserError({
      where: output,
      message: 'expected an absent or empty folder for the results, found files in it',
      remedy: `Choose another --output, or continue the run that lies there: virtgauge resume ${output}`,
    });
  }
  return openForWriting(output, id, unlock);
}

/**
 * Opens the folder of a run to continue it. What a killed process left half done is taken out: lines
 * that are cut off, and samples and events of trials that are not in the trial log.
 * @param forget trials that shall not count and be done again, with their samples and events
 * @throws UserError if it is no run folder, is in use, is damaged or cannot be written
 */
export function openRunFolder(
  path: string,
  { forget = () => false }: { forget?: (trial: Trial) => boolean } = {},
): { folder: RunFolder; run: Run; trials: Trial[] } {
  const run = readRun(path);
  const unlock = lock(path);
  try {
    const trials = asUserError(path, () => repair(path, forget));
    return { folder: openForWriting(path, run.id, unlock), run, trials };
  } catch (error) {
    unlock();
    throw error;
  }
}

function repair(path: string, forget: (trial: Trial) => boolean): Trial[] {
  // The log first: a trial without its samples must never count.
  const trials = repairTrials(join(path, 'trials.ndjson'), forget);
  const counting = new Set(trials.map(({ trial }) => trial));
  for (const name of ['samples.ndjson', 'events.ndjson']) {
    repairLines(join(path, name), (trial) => counting.has(trial));
  }
  return trials;
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

function openForWriting(folder: string, id: string, unlock: () => void): RunFolder {
  const path = resolve(folder);
  try {
    const log = asUserError(folder, () => new TrialLog(path));
    return {
      id,
      path,
      writeRun: (run) => asUserError(folder, () => writeRun(path, run)),
      appendTrial: (...record) => asUserError(folder, () => log.append(...record)),
      artifact(relative) {
        const artifact = join(path, 'artifacts', relative);
        asUserError(folder, () => mkdirSync(dirname(artifact), { recursive: true }));
        return artifact;
      },
      close() {
        log.close();
        unlock();
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
