import type { Event } from '../../results/schema.ts';
import type { Series } from '../series.ts';
import { eventsByTrial, type MedianTrial, medianTrials } from './median-trials.ts';

/** One conversion of a machine; seconds since its request. */
export interface ConversionTimeline extends MedianTrial {
  /** Between the boundaries of the conversion, each named after the boundary at its end. */
  steps: { step: string; from: number; to: number }[];
  /** When the service did not answer. */
  outages: { from: number; to: number }[];
}

/** More than these hide the rest of a report. */
const mostConversions = 12;

/** The conversion of each arm whose downtime is the median; empty where none was measured. */
export function conversionsOf(
  series: readonly Series[],
  events: (trials: ReadonlySet<number>) => Iterable<Event>,
): ConversionTimeline[] {
  const figure = series.find(({ key }) => key.metric === 'p2v.downtime');
  if (figure === undefined) return [];
  const chosen = medianTrials(figure, [...figure.arms.keys()]).slice(0, mostConversions);
  const byTrial = eventsByTrial(
    chosen.map(({ trial }) => trial),
    events,
  );
  return chosen.flatMap((one) => {
    const own = byTrial.get(one.trial) ?? [];
    const bounds = own.filter(({ event }) => event.startsWith('p2v.') && event !== 'p2v.progress');
    const [first] = bounds;
    if (first === undefined) return [];
    const zero = bounds.find(({ event }) => event === 'p2v.requested')?.at ?? first.at;
    return [
      {
        ...one,
        steps: bounds.slice(1).map(({ event, at }, index) => ({
          step: event.slice('p2v.'.length),
          from: (bounds[index]?.at ?? at) - zero,
          to: at - zero,
        })),
        outages: own
          .filter(({ event }) => event === 'outage')
          .map(({ at, figures }) => ({
            from: at - zero,
            to: at - zero + (figures?.['duration'] ?? 0),
          })),
      },
    ];
  });
}
