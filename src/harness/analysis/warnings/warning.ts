import type { Run, Trial } from '../../results/schema.ts';
import type { ArmOutages } from '../migration/outages.ts';
import type { SeriesResult } from '../series-result.ts';

export interface WarningInput {
  run: Run;
  /** The trials that count. */
  trials: readonly Trial[];
  /** All, also those that were repeated. */
  all: readonly Trial[];
  /** Numbers of the trials that do not count, and the one that counts in their place. */
  setAside: ReadonlyMap<number, number>;
  series: readonly SeriesResult[];
  /** Absent where no migration was measured. */
  outages?: readonly ArmOutages[] | undefined;
}

/** Looks for one thing that changes how a run is to be read; each text stands alone. */
export type WarningKind = (input: WarningInput) => string[];
