import type { ChartKind } from './chart.ts';
import { stackedPhases } from './stacked-phases.ts';

/** What the outages of a conversion are made of. */
export const outagePhases: ChartKind = (analysis, palette) =>
  stackedPhases(
    {
      ...{ parts: 'p2v.phase', whole: 'p2v.downtime', id: 'p2v-phases' },
      title: 'Outages of a conversion, phase by phase',
      subject: 'The service is away for',
      axis: 'outages of the service',
      phases: {},
    },
    analysis,
    palette,
  );
