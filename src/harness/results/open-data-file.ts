import { closeSync, fstatSync, openSync } from 'node:fs';
import { UserError } from '../../base/errors.ts';

/**
 * Opens a data file of a run folder for reading; undefined where it is not there.
 * @throws UserError if it cannot be opened, or is a folder
 */
export function openDataFile(path: string): number | undefined {
  const descriptor = openUnlessMissing(path);
  if (descriptor === undefined || !fstatSync(descriptor).isDirectory()) return descriptor;
  closeSync(descriptor);
  throw new UserError({
    where: path,
    message: 'expected a file, got a folder',
    remedy: 'Put the file back from a copy of the run.',
  });
}

function openUnlessMissing(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new UserError(
      {
        where: path,
        message: `expected a file that can be read, got none (${message})`,
        remedy: 'Make it readable, or put it back from a copy of the run.',
      },
      { cause },
    );
  }
}
