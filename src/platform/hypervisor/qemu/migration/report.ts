import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationEvent, MigrationReport } from '../../migration.ts';
import type { MigrationInfo } from '../qmp-commands.ts';
import type { End } from './end.ts';
import type { MigrationLimits } from './limits.ts';

/** The counters of one look, for an event `progress`. */
export function progressFigures({ ram }: MigrationInfo): MigrationEvent['figures'] {
  if (ram === undefined) return undefined;
  return {
    transferred: ram.transferred,
    remaining: ram.remaining,
    dirtyRate: ram['dirty-pages-rate'] * ram['page-size'],
  };
}

/** What QEMU says of a migration, at its source and, of post-copy, at its target. */
export function reportOf(source: MigrationInfo, target?: MigrationInfo): MigrationReport {
  const seconds = {
    totalTime: source['total-time'],
    downtime: source.downtime,
    setupTime: source['setup-time'],
    postCopyBlockTime: target?.['postcopy-blocktime'],
  };
  return {
    ...Object.fromEntries(
      Object.entries(seconds).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value / 1000]],
      ),
    ),
    ...(source.ram && {
      transferred: source.ram.transferred,
      rounds: source.ram['dirty-sync-count'],
    }),
    raw: { source, ...(target && { target }) },
  };
}

/** Looks at both ends now; what does not answer is left out. */
export async function currentReport(
  source: End,
  target: End,
  { answer }: MigrationLimits,
): Promise<MigrationReport | undefined> {
  const look = ({ qmp }: End) =>
    qmp.execute('query-migrate', {}, { timeout: answer }).catch(() => undefined);
  const [ours, theirs] = await Promise.all([look(source), look(target)]);
  return ours && reportOf(ours, theirs);
}

/**
 * The report of a migration that is complete. QEMU may say so before it has written down the times,
 * and then shows a total of 0: it is asked again.
 */
export async function completedReport(
  source: End,
  target: End,
  limits: MigrationLimits,
): Promise<MigrationReport> {
  const deadline = performance.now() + limits.answer * 1000;
  for (;;) {
    const report = await currentReport(source, target, limits);
    const late = performance.now() > deadline;
    if (report === undefined) return { raw: {} };
    if ((report.totalTime ?? 0) > 0 || late) return report;
    await sleep(limits.look * 100);
  }
}
