import type { ChartKind } from './chart.ts';
import { stackedPhases } from './stacked-phases.ts';

/** What a failover's downtime is made of. */
export const failoverPhases: ChartKind = (analysis, palette) =>
  stackedPhases(
    {
      ...{ parts: 'failover.phase', whole: 'failover.downtime', id: 'failover-phases' },
      title: 'Failover, phase by phase',
      subject: 'The service is away for',
      axis: 'from the last good reply to the first one elsewhere',
      phases: { silence: 7, fencing: 4, decision: 3, start: 0, boot: 1 },
    },
    analysis,
    palette,
  );
