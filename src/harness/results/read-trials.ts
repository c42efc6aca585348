import { join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { trialSchema, type Trial } from './schema.ts';
import { wholeLines, type Line } from './whole-lines.ts';

/** A trial, and where its line stands. */
export interface LoggedTrial {
  trial: Trial;
  line: Line;
}

/**
 * The trial log of a run folder, in the order in which the trials ended. A trial counts once its
 * whole line is there; a last line that is cut off is left out.
 * @throws UserError naming the line if another one is no trial
 */
export function readTrials(folder: string): Trial[] {
  return Array.from(loggedTrials(join(folder, 'trials.ndjson')), ({ trial }) => trial);
}

/** The same, with the place of each line. */
export function* loggedTrials(path: string): Generator<LoggedTrial> {
  for (const line of wholeLines(path)) {
    const { data, error } = trialSchema.safeParse(parseLine(line, path));
    if (error !== undefined) {
      const issue = error.issues[0];
      throw brokenLine(path, line, `a trial (${issue?.path.join('.')}: ${issue?.message})`);
    }
    yield { trial: data, line };
  }
}

/** @throws UserError if the line is no JSON */
export function parseLine(line: Line, path: string): unknown {
  try {
    return JSON.parse(line.text);
  } catch (error) {
    throw brokenLine(path, line, `JSON (${(error as Error).message})`);
  }
}

/** A line other than the last is broken: nothing of ours leaves such a thing. */
export function brokenLine(path: string, { number }: Line, expected: string): UserError {
  return new UserError({
    where: `${path}:${number}`,
    message: `expected ${expected}`,
    remedy: 'The file was damaged or edited: restore it from a copy, or delete that line.',
  });
}
