import { statSync } from 'node:fs';
import {
  listLedgers,
  readLedger,
  shrinkLedger,
  type Entry,
  type LedgerFile,
} from './ledger-file.ts';
import { ownerState } from './owner.ts';
import { removeAll, type Failure, type Removal } from './removal.ts';

/** What came of one ledger. */
export interface CleanedLedger extends Removal {
  label: string;
  /** The ledger; still there if something could not be removed. */
  path: string;
}

/** A ledger that was left alone. */
export interface SkippedLedger {
  label: string;
  path: string;
  /** `user`: of another user, whose processes this one cannot tell. */
  why: 'alive' | 'elsewhere' | 'user';
  /** Of the ledger's user, as the system has it. */
  uid: number;
  pid: number;
  machine: string;
}

export interface CleanSummary {
  cleaned: CleanedLedger[];
  skipped: SkippedLedger[];
}

/**
 * Removes what the runs left behind whose process is no longer alive. Several of these may run at
 * once: every removal can be repeated, and a resource counts for the one that has removed it.
 * @param label only the ledgers with this label
 */
export async function clean({
  stateDirectory,
  label,
}: {
  stateDirectory: string;
  label?: string;
}): Promise<CleanSummary> {
  const summary: CleanSummary = { cleaned: [], skipped: [] };
  for (const ledger of listLedgers(stateDirectory)) {
    if (label !== undefined && ledger.label !== label) continue;
    const uid = statSync(ledger.path, { throwIfNoEntry: false })?.uid;
    if (uid === undefined) continue;
    const state = ownerState(ledger.owner);
    const why = state === 'dead' && !mayActFor(uid) ? 'user' : state;
    if (why === 'dead') {
      const cleaned = await cleanLedger(ledger);
      if (cleaned !== undefined) summary.cleaned.push(cleaned);
    } else {
      const { path, owner } = ledger;
      const { pid, machine } = owner;
      summary.skipped.push({ label: ledger.label, path, why, uid, pid, machine });
    }
  }
  return summary;
}

/** Whether something of dead processes could not be removed. */
export function isIncomplete({ cleaned }: CleanSummary): boolean {
  return cleaned.some(({ failures }) => failures.length > 0);
}

/** What earlier, dead processes of one run left behind; for `resume`, before it starts. */
export function cleanRun(stateDirectory: string, run: string): Promise<CleanSummary> {
  return clean({ stateDirectory, label: run });
}

function mayActFor(uid: number): boolean {
  const own = process.geteuid?.();
  return own === 0 || own === uid;
}

async function cleanLedger({ path, label }: LedgerFile): Promise<CleanedLedger | undefined> {
  const content = readUnlessGone(path);
  if (content === undefined) return undefined;
  const { open, unreadable } = content;
  const gone = new Set<Entry>();
  const { removed, failures } = await removeAll(open, (entry) => gone.add(entry));
  try {
    shrinkLedger(path, { open: open.filter((entry) => !gone.has(entry)), unreadable });
  } catch (error) {
    failures.push({ what: path, reason: (error as Error).message });
  }
  const unknown = unreadable.map((what): Failure => ({
    what,
    reason: 'this version cannot read that line of the ledger',
  }));
  return { label, path, removed, failures: [...failures, ...unknown] };
}

/** Undefined if another `clean` was quicker. */
function readUnlessGone(path: string) {
  try {
    return readLedger(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
