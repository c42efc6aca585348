import type { CleanSummary, SkippedLedger } from './clean.ts';
import type { Removed } from './kinds/kind.ts';
import { sum } from './removal.ts';

/** What a cleaning did, as lines for a terminal. */
export function formatCleanSummary({ cleaned, skipped }: CleanSummary): string[] {
  const failures = cleaned.flatMap((ledger) =>
    ledger.failures.map(({ what, reason }) => ({ what, reason, path: ledger.path })),
  );
  return [
    cleaned.length === 0 ? 'nothing to remove' : removedLine(cleaned),
    ...failures.flatMap(({ what, reason, path }) => [
      `not removed: ${what}: ${reason}`,
      `  When it has been dealt with by hand: virtgauge clean, or delete ${path}`,
    ]),
    ...skipped.map(skippedLine),
  ];
}

/** `2 QEMU processes, 1 work folder`; `nothing` for none. */
export function formatRemoved(removed: readonly Removed[]): string {
  if (removed.length === 0) return 'nothing';
  return removed
    .map(({ what, count }) => `${count} ${count === 1 ? what : plural(what)}`)
    .join(', ');
}

function removedLine(cleaned: CleanSummary['cleaned']): string {
  const labels = [...new Set(cleaned.map(({ label }) => label))];
  const runs = labels.length === 1 ? '1 run that is' : `${labels.length} runs that are`;
  const removed = sum(cleaned.flatMap((ledger) => ledger.removed));
  return `removed from ${runs} no longer alive (${labels.join(', ')}): ${formatRemoved(removed)}`;
}

function skippedLine({ label, path, why, uid, pid, machine }: SkippedLedger): string {
  if (why === 'user') {
    const user = uid === 0 ? 'root' : `user ${uid}`;
    return `left alone: ${label} (of ${user}: run virtgauge clean as ${user}, with the same VIRTGAUGE_STATE)`;
  }
  return why === 'alive'
    ? `left alone: ${label} (process ${pid} is alive)`
    : `left alone: ${label} (process ${pid} of another machine or container, ${machine}: ` +
        `run virtgauge clean there, or delete ${path} if that place is no more)`;
}

function plural(noun: string): string {
  return noun.endsWith('s') ? `${noun}es` : `${noun}s`;
}
