import { renameSync, statSync } from 'node:fs';
import { AppendOnlyFile } from '../../../platform/ledger/append-only-file.ts';
import { Refusal, type RefusalReason } from '../refusal.ts';

/** One refusal, as a line of the audit log. */
export interface Refused {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Address of the other end, where there is one. */
  readonly from: string;
  /** Who the channel says it is: `agent host-a`. */
  readonly peer?: string;
  /** What was asked for: a path, the name of a message. */
  readonly asked?: string;
  readonly reason: RefusalReason | 'fault';
  readonly detail: string;
}

export interface AuditLog {
  refused(line: Omit<Refused, 'at'>): void;
  close(): void;
}

/** For ends that nobody else can reach. */
export const noAudit: AuditLog = { refused: () => undefined, close: () => undefined };

/**
 * A log of refusals, one line of JSON each. A line that cannot be written is lost: refusing goes on.
 * @param largest bytes after which a new file is begun; the one before is kept, those before it are
 *   not, so that no flood of bad requests fills a disk
 */
export function openAuditLog(path: string, now: () => number, largest = 16 * 2 ** 20): AuditLog {
  let file = new AppendOnlyFile(path);
  return {
    refused(line) {
      const whole: Refused = { at: new Date(now()).toISOString(), ...line };
      const detail = whole.detail.slice(0, 500);
      try {
        if (statSync(path).size > largest) {
          file.close();
          renameSync(path, `${path}.1`);
          file = new AppendOnlyFile(path);
        }
        file.append(`${JSON.stringify({ ...whole, detail })}\n`);
      } catch {
        // See above.
      }
    },
    close: () => file.close(),
  };
}

/** Reason and detail of whatever was thrown; what is no refusal is a fault of ours. */
export function explained(error: unknown): Pick<Refused, 'reason' | 'detail'> {
  if (error instanceof Refusal) {
    return { reason: error.reason, detail: error.message.slice(error.reason.length + 2) };
  }
  return { reason: 'fault', detail: error instanceof Error ? error.message : String(error) };
}
