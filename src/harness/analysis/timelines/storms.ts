import type { SampleColumns } from '../../results/sample-columns.ts';
import type { Event, Run } from '../../results/schema.ts';
import { armKey } from '../arms.ts';
import type { Series } from '../series.ts';
import { eventsByTrial, type MedianTrial, medianTrials } from './median-trials.ts';

/** One trial in which several guests were created at once; seconds since the first request. */
export interface Storm extends MedianTrial {
  guests: { guest: number; phases: { phase: string; from: number; to: number }[] }[];
}

/** More than these hide the rest of a report. */
const mostStorms = 4;

/** The median trial of each arm that creates the most guests at once; empty where none creates several. */
export function stormsOf(
  run: Run,
  series: readonly Series[],
  groups: readonly SampleColumns[],
  events: (trials: ReadonlySet<number>) => Iterable<Event>,
): Storm[] {
  const figure = series.find(({ key }) => key.metric === 'creation.total');
  if (figure === undefined) return [];
  const fixed = run.scenario['fixed'] as { guests?: number } | undefined;
  const guests = run.arms.map((arm) => Number(arm['guests'] ?? fixed?.guests ?? 1));
  const most = Math.max(1, ...guests);
  if (most < 2) return [];
  const arms = guests.flatMap((count, arm) => (count === most ? [arm] : [])).slice(0, mostStorms);
  const chosen = medianTrials(figure, arms);
  const byTrial = eventsByTrial(
    chosen.map(({ trial }) => trial),
    events,
  );
  return chosen.flatMap((one) => {
    const firsts = firstPhases(groups, run, one);
    const ends = (byTrial.get(one.trial) ?? []).filter(({ event }) => event === 'phase-end');
    const rows = [...byGuest(ends)].flatMap(([guest, own]) => {
      const [first] = own;
      const lasted = first && firsts.get(`${guest} ${first.phase ?? ''}`);
      if (first === undefined || lasted === undefined) return [];
      let from = first.at - lasted;
      const phases = own.map(({ phase = '', at: to }) => {
        const bar = { phase, from, to };
        from = to;
        return bar;
      });
      return [{ guest, phases }];
    });
    const zero = Math.min(...rows.map(({ phases }) => phases[0]?.from ?? Infinity));
    if (rows.length < 2) return [];
    return [
      {
        ...one,
        guests: rows
          .sort((a, b) => a.guest - b.guest)
          .map(({ guest, phases }) => ({
            guest,
            phases: phases.map(({ phase, from, to }) => ({
              phase,
              from: from - zero,
              to: to - zero,
            })),
          })),
      },
    ];
  });
}

function byGuest(events: readonly Event[]): Map<number, Event[]> {
  const all = new Map<number, Event[]>();
  for (const event of events) {
    const { guest = 0 } = event;
    all.set(guest, [...(all.get(guest) ?? []), event]);
  }
  return all;
}

/** How long the phases of the guests of a trial were, by `guest phase`. */
function firstPhases(
  groups: readonly SampleColumns[],
  run: Run,
  { arm, trial }: MedianTrial,
): Map<string, number> {
  const key = armKey(run.arms[arm] ?? {});
  const lasted = new Map<string, number>();
  for (const { labels, columns, length } of groups) {
    if (labels.metric !== 'creation.phase' || armKey(labels.arm) !== key) continue;
    for (let index = 0; index < length; index++) {
      if (columns.trial[index] !== trial) continue;
      lasted.set(`${columns.guest[index] ?? 0} ${labels.phase ?? ''}`, columns.value[index] ?? NaN);
    }
  }
  return lasted;
}
