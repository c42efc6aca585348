import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/errors.ts';
import { makeFolder } from '../make-folder.ts';
import { syncFolder } from '../sync-folder.ts';
import { AppendOnlyFile } from './append-only-file.ts';
import type { Removed } from './kinds/kind.ts';
import { formatLine, ledgerFileName, ledgerFolder, type Entry } from './ledger-file.ts';
import { currentOwner } from './owner.ts';
import { removeAll, type Removal } from './removal.ts';
import { isUnmistakable, removeResource, type Resource } from './resource.ts';

export type { Entry } from './ledger-file.ts';
export type { Resource } from './resource.ts';

/** The record of what exists because of this process. */
export interface Ledger {
  /** What the resources are for: a run id, a lab's name. */
  readonly label: string;
  /** What has been entered and is still held, in the order of entry. */
  readonly held: readonly Entry[];
  /**
   * Records a resource before it is made. On return the record is on stable storage.
   * @throws UserError if the state directory cannot be written; the resource must not be made then
   */
  enter(resource: Resource): Entry;
  /**
   * Strikes out a resource that is known to be gone. The line is synced only for a kind that could
   * be mistaken for somebody else's: for the others a lost line means that a later `clean` looks
   * for them in vain. For the same reason a line that cannot be written is no error: teardown goes
   * on, and `close` removes the whole file.
   */
  release(entry: Entry): void;
  /**
   * Removes the resource, then releases it.
   * @throws Error saying why it is still there; the entry stays
   */
  remove(entry: Entry): Promise<Removed[]>;
  /** Removes and releases all that is held, processes first; what is left stays entered. */
  removeAll(): Promise<Removal>;
  /**
   * Ends the record; its file goes if nothing is held. What is still held is for `clean`, once this
   * process has ended.
   */
  close(): void;
}

/** A mark or token that nobody else has: 16 hexadecimal digits. */
export function randomToken(): string {
  return randomBytes(8).toString('hex');
}

/**
 * Opens a ledger of this process. Its file is made with the first entry, so a run that owns nothing
 * leaves nothing.
 * @param label letters, digits, `.`, `_` and `-`, at most 100
 */
export function openLedger({
  stateDirectory,
  label,
}: {
  stateDirectory: string;
  label: string;
}): Ledger {
  if (!/^[\w.-]{1,100}$/.test(label)) throw new Error(`no label for a ledger: "${label}"`);
  const held = new Map<number, Entry>();
  let file: AppendOnlyFile | undefined;
  let last = 0;
  let closed = false;

  function release(entry: Entry): void {
    if (!held.delete(entry.id)) return;
    try {
      file?.append(formatLine({ released: entry.id }));
      if (!isUnmistakable(entry.resource)) file?.sync();
    } catch {
      // See above.
    }
  }

  return {
    label,

    get held() {
      return [...held.values()];
    },

    enter(resource) {
      if (closed) throw new Error(`the ledger of ${label} has been closed`);
      const entry = { id: ++last, resource };
      try {
        file ??= createLedgerFile(stateDirectory, label);
        const before = file.size;
        file.append(formatLine({ entered: entry.id, resource }));
        try {
          file.sync();
        } catch (error) {
          file.truncate(before);
          throw error;
        }
      } catch (error) {
        throw unwritable(stateDirectory, error);
      }
      held.set(entry.id, entry);
      return entry;
    },

    release,

    async remove(entry) {
      const removed = await removeResource(entry.resource);
      release(entry);
      return removed;
    },

    removeAll: () => removeAll([...held.values()], release),

    close() {
      closed = true;
      file?.close();
      if (file !== undefined && held.size === 0) rmSync(file.path, { force: true });
      file = undefined;
    },
  };
}

function createLedgerFile(stateDirectory: string, label: string): AppendOnlyFile {
  const folder = ledgerFolder(stateDirectory);
  makeFolder(folder, 0o700);
  for (let number = 1; ; number++) {
    const path = join(folder, ledgerFileName(label, currentOwner(), number));
    try {
      const file = new AppendOnlyFile(path, { fresh: true });
      syncFolder(folder);
      return file;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function unwritable(stateDirectory: string, cause: unknown): UserError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UserError(
    {
      where: stateDirectory,
      message: `the state directory cannot be written, so nothing was started (${reason})`,
      remedy: 'Make it writable, or name another one in VIRTGAUGE_STATE.',
    },
    { cause },
  );
}
