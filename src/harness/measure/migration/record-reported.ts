import type { MigrationEvent, MigrationReport } from '../../../platform/hypervisor/migration.ts';
import type { Scope } from './record.ts';

/** What the hypervisor itself says of a migration that completed. */
export function recordReported(
  scope: Pick<Scope, 'record' | 'event'>,
  events: readonly MigrationEvent[],
  report: MigrationReport,
): void {
  const at = (name: MigrationEvent['event']) => events.find(({ event }) => event === name)?.at;
  const [start, answered, completed] = [at('start'), at('answered'), at('completed')];
  if (start !== undefined && answered !== undefined) {
    // Post-copy: the guest answers while memory still comes.
    scope.record('migration.total-time', Math.max(answered, completed ?? answered) - start);
  }
  const { downtime, setupTime, postCopyBlockTime, transferred, rounds } = report;
  if (downtime !== undefined) {
    const observer = 'hypervisor-reported';
    scope.record('migration.downtime', downtime, { observer });
    const stop = at('stop');
    if (stop !== undefined) {
      scope.event({ event: 'outage', observer, at: stop, figures: { duration: downtime } });
    }
  }
  const figures = {
    'migration.setup': setupTime,
    'migration.post-copy-wait': postCopyBlockTime,
    'migration.transferred': transferred,
    'migration.rounds': rounds,
  };
  for (const [metric, value] of Object.entries(figures)) {
    if (value !== undefined) scope.record(metric, value);
  }
}
