import { CommanderError } from 'commander';
import { formatProblem, UserError } from '../base/errors.ts';
import { escapeControls } from '../base/yaml/printable.ts';
import { CommandError } from '../platform/remote/shell.ts';
import { exitCodes } from './exit-codes.ts';

/** Says on stderr what went wrong; gives the exit code. */
export function explain(error: unknown): number {
  // commander has printed its own message.
  if (error instanceof CommanderError) return error.exitCode;
  if (error instanceof UserError) {
    console.error(printable(error.message));
  } else if (error instanceof CommandError) {
    const remedy = `See what is wrong on ${error.host}, then try again; if nothing is, this is a fault of virtgauge.`;
    console.error(printable(formatProblem({ message: error.message, remedy })));
  } else {
    console.error(error);
    console.error('This is a fault of virtgauge itself, not of what you asked for.');
  }
  return exitCodes.cannotStart;
}

/** Names in messages come from files, bundles and hosts; lines and tabs stay. */
function printable(message: string): string {
  return message.replace(/[^\n\t]+/g, escapeControls);
}
