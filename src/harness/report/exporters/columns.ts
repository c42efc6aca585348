import type { Run } from '../../results/schema.ts';
import type { SeriesKey } from '../../analysis/series.ts';
import type { Cell } from './csv.ts';

export const keyHeader = ['metric', 'job', 'percentile', 'phase', 'observer', 'kind'];

/** The cells under `keyHeader`. */
export function keyCells({ metric, job, percentile, phase, observer, kind }: SeriesKey): Cell[] {
  return [metric, job, percentile, phase, observer, kind];
}

/** Names of the factors: one column each. */
export function factorHeader({ factors }: Run): string[] {
  return Object.keys(factors);
}

/** The levels of an arm, under `factorHeader`. */
export function factorCells(run: Run, arm: Record<string, Cell>): Cell[] {
  return factorHeader(run).map((factor) => arm[factor]);
}
