import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import {
  currentOwner,
  ownerName,
  ownerState,
  parseOwnerName,
} from '../../platform/ledger/owner.ts';

/**
 * Makes a folder this process's own, until the function that it gives is called. The lock of a dead
 * process counts no more.
 * @throws UserError if another process has it
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'owner');
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(path, `${ownerName(currentOwner())}\n`, { flag: 'wx', mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = parseOwnerName(textOf(path));
    const state = holder === undefined ? 'elsewhere' : ownerState(holder);
    if (state !== 'dead') throw taken(folder, holder?.pid, holder?.machine);
    rmSync(path, { force: true });
  }
  throw taken(folder, undefined, undefined);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function taken(folder: string, pid: number | undefined, machine: string | undefined): UserError {
  const who = pid === undefined ? 'another process' : `process ${pid} on ${machine ?? 'a machine'}`;
  return new UserError({
    where: folder,
    message: `${who} uses this folder`,
    remedy: `End it first. If nothing runs there any more, remove ${join(folder, 'owner')}.`,
  });
}
