import type { Analysis } from '../../analysis/analysis.ts';
import { isImportedArm } from '../../analysis/imported/systems.ts';
import type { Arm, Run } from '../../results/schema.ts';
import type { SeriesKey } from '../../analysis/series.ts';
import type { Cell } from './csv.ts';

export const keyHeader = ['metric', 'job', 'percentile', 'phase', 'observer', 'kind'];

/** The cells under `keyHeader`. */
export function keyCells({ metric, job, percentile, phase, observer, kind }: SeriesKey): Cell[] {
  return [metric, job, percentile, phase, observer, kind];
}

/** The same for the figures of one arm, which may have been imported beside others that were not. */
export function armKeyCells(run: Run, arm: Arm, key: SeriesKey): Cell[] {
  return keyCells(isImportedArm(run, arm) ? { ...key, kind: 'imported' } : key);
}

/** Names of the factors: one column each. */
export function factorHeader({ factors }: Run): string[] {
  return Object.keys(factors);
}

/** The levels of an arm, under `factorHeader`. */
export function factorCells(run: Run, arm: Record<string, Cell>): Cell[] {
  return factorHeader(run).map((factor) => arm[factor]);
}

/** Last column of every table: emulation, stand-ins and other kinds of data of the run. */
export const labelHeader = 'labels';

/** The cell under `labelHeader`. */
export function labelCell({ badges }: Pick<Analysis, 'badges'>): Cell {
  return badges.length === 0 ? undefined : badges.join('; ');
}
