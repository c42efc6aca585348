import { isHeadline } from './series-result.ts';
import type { Series } from './series.ts';

/** Words under a figure that needs them. Figures with such words stand beside the headline figures. */
const hints: Readonly<Record<string, string>> = {
  'guest-io.fairness': "Jain's index: 1 where all guests get the same, 1/N where one of N gets all",
  'guest-io.overhead': 'throughput of the host itself over that of a guest: 1 costs nothing',
};

/** How to read a figure; undefined where its title says enough. */
export function metricHint({ key }: Pick<Series, 'key'>): string | undefined {
  return Object.hasOwn(hints, key.metric) ? hints[key.metric] : undefined;
}

/** Whether a figure is shown without being asked for. */
export function isProminent(series: Pick<Series, 'key' | 'metric'>): boolean {
  return isHeadline(series) || metricHint(series) !== undefined;
}
