import { closeSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import {
  currentOwner,
  ownerName,
  ownerState,
  parseOwnerName,
} from '../../platform/ledger/owner.ts';

const prefix = '.lock-';

/**
 * Keeps other processes from writing the same run folder. Each writer first puts up a file that
 * names it and then looks for others, so of two that come at once at least one gives way; the file
 * of a dead writer is taken down.
 * @returns takes the lock down
 * @throws UserError if another process holds it; the error of open(2) if the folder is not writable
 */
export function lockRunFolder(folder: string): () => void {
  const own = `${prefix}${ownerName(currentOwner())}`;
  const path = join(folder, own);
  // Fails if this very process has the folder open already.
  try {
    closeSync(openSync(path, 'wx'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw inUse(folder, own);
    throw error;
  }
  const unlock = () => rmSync(path, { force: true });
  try {
    for (const name of locksIn(folder)) {
      if (name === own) continue;
      const owner = parseOwnerName(name.slice(prefix.length));
      if (owner === undefined || ownerState(owner) !== 'dead') throw inUse(folder, name);
      rmSync(join(folder, name), { force: true });
    }
  } catch (error) {
    unlock();
    throw error;
  }
  return unlock;
}

/** Whether a name in a run folder belongs to its lock. */
export function isLock(name: string): boolean {
  return name.startsWith(prefix);
}

function locksIn(folder: string): string[] {
  return readdirSync(folder).filter(isLock);
}

function inUse(folder: string, lock: string): UserError {
  const owner = parseOwnerName(lock.slice(prefix.length));
  if (owner === undefined || ownerState(owner) !== 'alive') {
    const who = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.machine}`;
    return new UserError({
      where: folder,
      message: `${who} may be writing this run`,
      remedy: `If it is not: rm ${join(folder, lock)}`,
    });
  }
  return new UserError({
    where: folder,
    message: `process ${owner.pid} is writing this run`,
    remedy: `Wait until it has ended, or end it: kill ${owner.pid}`,
  });
}
