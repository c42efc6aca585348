import { lstatSync } from 'node:fs';
import { UserError } from '../../base/errors.ts';
import { withRealParent } from './kinds/own-path.ts';
import type { Entry, Ledger } from './ledger.ts';

/**
 * Enters a file that a program is about to make outside of our directories.
 * @throws UserError if something is there already: it would not be ours to remove
 */
export function enterFile(ledger: Ledger, path: string): Entry {
  const real = withRealParent(path);
  if (lstatSync(real, { throwIfNoEntry: false }) !== undefined) {
    throw new UserError({
      where: path,
      message: 'expected a path where nothing is yet, found something there',
      remedy: 'If an earlier run left it: virtgauge clean',
    });
  }
  return ledger.enter({ kind: 'file', path: real });
}
