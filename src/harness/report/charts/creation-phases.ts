import type { ChartKind } from './chart.ts';
import { stackedPhases } from './stacked-phases.ts';

/** Number of the colour of each phase of a creation, in order of time. */
export const creationPhaseColours: Readonly<Record<string, number>> = {
  ...{ provision: 0, define: 1, spawn: 2, restore: 8, firmware: 3, kernel: 4, userspace: 5 },
  ...{ identity: 9, ready: 6, unaccounted: 7 },
};

/** Where the time of a guest's creation goes; a restored guest has phases of its own. */
export const creationPhases: ChartKind = (analysis, palette) =>
  stackedPhases(
    {
      ...{ parts: 'creation.phase', whole: 'creation.total', id: 'creation-phases' },
      title: 'Guest creation, phase by phase',
      subject: 'A guest takes',
      axis: 'time per guest',
      phases: creationPhaseColours,
    },
    analysis,
    palette,
  );
