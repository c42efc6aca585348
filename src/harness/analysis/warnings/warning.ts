import type { Run, Trial } from '../../results/schema.ts';
import type { ArmOutages } from '../migration/outages.ts';
import type { SeriesResult } from '../series-result.ts';

export interface WarningInput {
  run: Run;
  trials: readonly Trial[];
  series: readonly SeriesResult[];
  /** Absent where no migration was measured. */
  outages?: readonly ArmOutages[] | undefined;
}

/** Looks for one thing that changes how a run is to be read; each text stands alone. */
export type WarningKind = (input: WarningInput) => string[];
