import type { Comparison } from './comparison.ts';
import type { Series } from './series.ts';
import type { Summary } from './summary.ts';

/** A series with what its trials say, by index of the arm. */
export interface SeriesResult extends Series {
  /** Undefined where the arm has no trial with this figure. */
  summaries: (Summary | undefined)[];
  /** With the baseline arm, which is the first; undefined for itself and where there is nothing. */
  comparisons: (Comparison | undefined)[];
}

/** Whether the summary speaks of this figure. */
export function isHeadline({ metric }: Pick<Series, 'metric'>): boolean {
  return metric.headline === true;
}

/** The figures that the summary speaks of. */
export function headlines<T extends Series>({ series }: { series: readonly T[] }): T[] {
  return series.filter(isHeadline);
}

/** All series of one metric. */
export function seriesOf<T extends Series>(
  { series }: { series: readonly T[] },
  metric: string,
): T[] {
  return series.filter(({ key }) => key.metric === metric);
}
