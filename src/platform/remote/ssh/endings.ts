import { UserError } from '../../../base/errors.ts';
import type { Exit } from './execution.ts';

/** How a program ended, in the words of `CommandError`. */
export function endOf({ code, signal, lost, unstarted }: Exit): string {
  if (unstarted !== undefined) return `did not run (${unstarted})`;
  if (lost !== undefined) return `was cut off: ${lost}`;
  return signal === undefined ? `ended with code ${code}` : `was ended by ${signal}`;
}

/** What happened, in one line, without what to do about it. */
export function reasonOf(error: unknown): string {
  if (error instanceof UserError) return error.problems[0]?.message ?? '';
  return error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
}
