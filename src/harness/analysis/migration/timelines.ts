import type { Event, Run, Trial } from '../../results/schema.ts';
import { armIndex, armKey } from '../arms.ts';
import type { Series } from '../series.ts';
import { downtimeMetric, serviceObserver } from './observers.ts';
import { type Timeline, timelineOf } from './timeline.ts';

/** More pictures of single migrations than these hide the rest of a report. */
export const mostTimelines = 8;

/**
 * One migration of each arm: the one whose downtime in the network is the median (of an even number
 * the shorter one in the middle); where none was completed, the first that did not converge.
 */
export function timelinesOf(
  run: Run,
  trials: readonly Trial[],
  series: readonly Series[],
  events: (trials: ReadonlySet<number>) => Iterable<Event>,
): Timeline[] {
  const figure =
    series.find(({ key }) => key.metric === downtimeMetric && key.observer === serviceObserver) ??
    series.find(({ key }) => key.metric === 'migration.total-time');
  const index = armIndex(run.arms);
  const chosen = run.arms.flatMap((_, arm) => {
    const completed = (figure?.arms[arm] ?? [])
      .filter(({ outcome }) => outcome === 'completed')
      .sort((a, b) => a.value - b.value || a.trial - b.trial);
    const middle = completed[Math.floor((completed.length - 1) / 2)]?.trial;
    const trial =
      middle ??
      trials.find((one) => one.state === 'not-converged' && index.get(armKey(one.arm)) === arm)
        ?.trial;
    return trial === undefined
      ? []
      : [{ arm, trial, of: completed.length, downtimes: downtimesOf(series, arm, trial) }];
  });
  const shown = chosen.slice(0, mostTimelines);
  const byTrial = new Map<number, Event[]>(shown.map(({ trial }) => [trial, []]));
  for (const event of events(new Set(byTrial.keys()))) byTrial.get(event.trial)?.push(event);
  return shown.flatMap((one) => timelineOf(one, byTrial.get(one.trial) ?? []) ?? []);
}

function downtimesOf(series: readonly Series[], arm: number, trial: number) {
  return Object.fromEntries(
    series
      .filter(({ key }) => key.metric === downtimeMetric)
      .flatMap(({ key, arms }) => {
        const found = arms[arm]?.find((one) => one.trial === trial && one.outcome === 'completed');
        return found === undefined ? [] : [[key.observer, found.value]];
      }),
  ) as Timeline['downtimes'];
}
