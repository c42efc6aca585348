import { endsWithin } from '../../../ends-within.ts';
import type { MigrationEvent, MigrationOutcome } from '../../migration.ts';
import { bringBack } from './bring-back.ts';
import { Course, type Ending } from './course.ts';
import type { Move } from './move.ts';
import { completedReport, currentReport } from './report.ts';

/**
 * Moves the guest. Where that fails, the target is ended; the guest goes on at the source unless the
 * target may have run.
 */
export async function runMigration(
  move: Move,
  signal: AbortSignal,
  onEvent: (event: MigrationEvent) => void,
): Promise<MigrationOutcome> {
  const { source, target, limits, handover } = move;
  const ending = await new Course(move, onEvent).run(signal);
  if (ending.why === 'switched') {
    const report = await completedReport(source, target, limits);
    return { state: 'switched', guest: target.guest, report };
  }
  // Before it is cancelled: then QEMU forgets its figures.
  const report = await currentReport(source, target, limits);
  if (!handover.toSource()) {
    const runs = ending.why === 'failed' && ending.whole && (await target.guest.running());
    if (runs) return { state: 'switched', guest: target.guest, report: report ?? { raw: {} } };
    return await lose(move, whyOf(ending), report);
  }
  const trouble = await bringBack(move);
  await ended(move);
  if (ending.why === 'too-late' && trouble === undefined) {
    return { state: 'not-converged', report: report ?? { raw: {} } };
  }
  const reason =
    trouble === undefined
      ? whyOf(ending)
      : `${whyOf(ending)}; the guest does not run on the source: ${trouble}`;
  return { state: 'failed', reason, ...(report && { report }) };
}

/**
 * The target was let go, but is not known to run with all that it needs: whatever it did, the source
 * must not go on from where it stopped.
 */
async function lose(
  move: Move,
  reason: string,
  report: MigrationOutcome['report'],
): Promise<MigrationOutcome> {
  await Promise.all(
    [move.source.guest.destroy(), ended(move)].map((work) => endsWithin(move.limits.end, work)),
  );
  return {
    state: 'failed',
    reason: `${reason}; the guest is lost: it was switched over already`,
    ...(report && { report }),
  };
}

/** Until the target's process has ended, if that can be seen. */
function ended(move: Move): Promise<unknown> {
  return endsWithin(move.limits.end, move.target.guest.destroy());
}

function whyOf(ending: Exclude<Ending, { why: 'switched' }>): string {
  return ending.why === 'failed' ? ending.reason : 'it did not switch over in time';
}
