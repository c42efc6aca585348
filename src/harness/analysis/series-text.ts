import type { Series } from './series.ts';

/** How a series is called. */
export interface SeriesText {
  /** `Throughput` */
  title: string;
  /** What tells it from others of its metric: `randread p99`; empty if there are none. */
  dimension: string;
  /** `Throughput, randread` */
  row: string;
  /** Inside a sentence: `throughput of randread`. */
  sentence: string;
}

export function seriesText({ key, metric }: Pick<Series, 'key' | 'metric'>): SeriesText {
  const { title } = metric;
  const { job, percentile, phase, observer, kind } = key;
  const dimension = [
    ...(job === undefined ? [] : [job]),
    ...(percentile === undefined ? [] : [`p${percentile}`]),
    ...(phase === undefined ? [] : [phase]),
    ...(observer === undefined ? [] : [observer]),
    ...(kind === 'measured' ? [] : [`(${kind})`]),
  ].join(' ');
  // In a sentence the part after the comma would read as one of its own.
  const lower = lowerFirst(title.split(', ')[0] ?? title);
  return {
    title,
    dimension,
    row: dimension === '' ? title : `${title}, ${dimension}`,
    sentence: dimension === '' ? lower : `${lower} (${dimension})`,
  };
}

/** `Creation time` → `creation time`, but `IOPS` and `I/O` stay. */
function lowerFirst(title: string): string {
  return /^[A-Z][a-z ]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}
