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
  const parts = [
    ...(job === undefined ? [] : [job]),
    ...(percentile === undefined ? [] : [`p${percentile}`]),
    ...(phase === undefined ? [] : [phase]),
    ...(observer === undefined ? [] : [observer]),
  ];
  const own = kind === 'measured' ? [] : [kind];
  const dimension = [...parts, ...own.map((text) => `(${text})`)].join(' ');
  const inSentence = [...parts, ...own].join(' ');
  // In a sentence the part after the comma would read as one of its own.
  const lower = lowerFirst(title.split(', ')[0] ?? title);
  return {
    title,
    dimension,
    row: dimension === '' ? title : `${title}, ${dimension}`,
    sentence: inSentence === '' ? lower : `${lower} (${inSentence})`,
  };
}

/** `Creation time` → `creation time`, but `IOPS` and `I/O` stay. */
function lowerFirst(title: string): string {
  return /^[A-Z][a-z ]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}
