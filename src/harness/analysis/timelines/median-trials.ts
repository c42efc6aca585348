import type { Event } from '../../results/schema.ts';
import type { Series } from '../series.ts';

/** The trial of an arm that stands for it. */
export interface MedianTrial {
  arm: number;
  trial: number;
  /** Completed trials of the arm, of which it is the median one. */
  of: number;
}

/** Of each of these arms the completed trial with the median figure (of an even number the lower one). */
export function medianTrials(series: Series, arms: readonly number[]): MedianTrial[] {
  return arms.flatMap((arm) => {
    const completed = (series.arms[arm] ?? [])
      .filter(({ outcome }) => outcome === 'completed')
      .sort((a, b) => a.value - b.value || a.trial - b.trial);
    const middle = completed[Math.floor((completed.length - 1) / 2)];
    return middle === undefined ? [] : [{ arm, trial: middle.trial, of: completed.length }];
  });
}

/** The events of some trials, by trial, in order of time. */
export function eventsByTrial(
  trials: readonly number[],
  events: (trials: ReadonlySet<number>) => Iterable<Event>,
): ReadonlyMap<number, Event[]> {
  const byTrial = new Map<number, Event[]>(trials.map((trial) => [trial, []]));
  if (trials.length === 0) return byTrial;
  for (const event of events(new Set(trials))) byTrial.get(event.trial)?.push(event);
  for (const own of byTrial.values()) own.sort((a, b) => a.at - b.at);
  return byTrial;
}
