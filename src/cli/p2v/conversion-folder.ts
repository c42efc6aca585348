import { join } from 'node:path';
import { stateDirectory } from '../../platform/ledger/state-directory.ts';

/** Folder of this machine with the keys and the record of a machine's conversion. */
export function conversionFolder(source: string): string {
  return join(stateDirectory(), 'conversions', source);
}
