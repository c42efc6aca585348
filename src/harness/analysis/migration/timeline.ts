import type { Event } from '../../results/schema.ts';
import { largest } from '../../../base/stats/largest.ts';
import { phasesOf, type Phase, roundsOf, type Round } from './phases.ts';
import { thinProbes, type ProbeBin } from './probe-bins.ts';
import { observerNames, type ObserverName } from './observers.ts';

/** An outage as one observer saw it, in seconds since the migration began. */
export interface Outage {
  observer: ObserverName;
  from: number;
  to: number;
}

/** A stretch of a migration, in seconds since it began: what was probed, and what was away. */
export interface Stretch {
  from: number;
  to: number;
  probes: ProbeBin[];
  /** Seconds that one bin spans. */
  binWidth: number;
  /** Those longer than the threshold that the measurement set, a few floors. */
  outages: Outage[];
}

/** One migration. */
export interface Timeline extends Stretch {
  arm: number;
  trial: number;
  /** Completed trials of its arm, of which it is the middle one; 0 where none was. */
  of: number;
  /** The outages alone, where they are too short to be told apart in the whole. */
  zoom?: Stretch;
  /** Its downtimes, in seconds: also those below the threshold of an outage. */
  downtimes: Partial<Record<ObserverName, number>>;
  phases: Phase[];
  /** `stop`, `resume`, `answered`. */
  marks: { name: string; at: number }[];
  /** Bytes a second. */
  dirtyRate: { at: number; value: number }[];
  rounds: Round[];
}

const mostOutages = 200;
const mostPoints = 400;
/** Seconds before and after that are shown at least. */
const leastAir = 0.2;
/** Seconds after a known pause in which it may still be felt. */
const calm = 0.2;

/** Undefined where the events do not tell when the migration began. */
export function timelineOf(
  about: Pick<Timeline, 'arm' | 'trial' | 'of' | 'downtimes'>,
  events: readonly Event[],
): Timeline | undefined {
  const window = (phase: string) => {
    const found = events.find((one) => one.event === 'window' && one.phase === phase);
    if (found === undefined) return undefined;
    return { from: found.at, to: found.at + (found.figures?.['duration'] ?? 0) };
  };
  const migration = window('migration');
  const origin = events.find(({ event }) => event === 'migration.start')?.at ?? migration?.from;
  if (origin === undefined) return undefined;
  const own = events
    .map((event) => ({ ...event, at: event.at - origin }))
    .sort((a, b) => a.at - b.at);
  const outages = own.flatMap(({ event, observer, at, figures, phase }) => {
    const known = observerNames.find((name) => name === observer);
    if (event !== 'outage' || known === undefined || phase === 'control') return [];
    return [{ observer: known, from: at, to: at + (figures?.['duration'] ?? 0) }];
  });
  const steps = own.filter(({ event }) => event.startsWith('migration.'));
  const end = largest([
    ...steps.map(({ at }) => at),
    ...outages.filter(({ from }) => from >= 0).map(({ to }) => to),
    0,
  ]);
  // Some quiet before and after, as far as it was watched.
  const air = Math.max(leastAir, 0.12 * end);
  const watched = ['control', 'migration', 'after'].flatMap((phase) => window(phase) ?? []);
  const seen = own.filter(({ event }) => event === 'probe').map(({ at }) => at);
  // The known pauses before the migration are no part of it.
  const paused = events
    .filter(({ event, phase }) => event === 'window' && phase === 'calibration')
    .map(({ at, figures }) => at + (figures?.['duration'] ?? 0) + calm - origin);
  const first = -largest([
    ...watched.map(({ from: at }) => origin - at),
    ...seen.map((at) => -at),
    0,
  ]);
  const last = largest([...watched.map(({ to: at }) => at - origin), ...seen, end]);
  const from = Math.min(0, Math.max(-air, first, largest(paused)));
  const to = Math.min(end + air, last);
  const switched = steps.some(({ event }) => event === 'migration.stop');
  const zoom = switched ? closeUp(outages, to - from) : undefined;
  return {
    ...about,
    ...stretch(own, outages, { from, to }),
    ...(zoom === undefined ? {} : { zoom: stretch(own, outages, zoom) }),
    phases: phasesOf(steps, end),
    marks: steps
      .filter(({ event }) => /\.(stop|resume|answered)$/.test(event))
      .map(({ event, at }) => ({ name: event.slice('migration.'.length), at })),
    dirtyRate: thinned(
      steps.flatMap(({ at, figures }) => {
        const value = figures?.['dirtyRate'];
        return value === undefined ? [] : [{ at, value }];
      }),
    ),
    rounds: roundsOf(steps, end),
  };
}

/** Share of the whole below which the outages are shown once more, enlarged. */
const tooNarrow = 0.12;

/** Where the longest outage of each observer lies, with some air. */
function closeUp(
  outages: readonly Outage[],
  whole: number,
): Pick<Stretch, 'from' | 'to'> | undefined {
  const longest = observerNames.flatMap((name) => {
    const own = outages.filter(({ observer, from }) => observer === name && from > -leastAir);
    return own.sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, 1);
  });
  if (longest.length === 0) return undefined;
  const from = -largest(longest.map((one) => -one.from));
  const to = largest(longest.map((one) => one.to));
  if (to - from > tooNarrow * whole) return undefined;
  const air = Math.max(leastAir / 4, (to - from) / 2);
  return { from: from - air, to: to + air };
}

function stretch(
  events: readonly Event[],
  outages: readonly Outage[],
  { from, to }: Pick<Stretch, 'from' | 'to'>,
): Stretch {
  return {
    ...{ from, to },
    ...thinProbes(events, from, to),
    outages: outages
      .filter((one) => one.to > from && one.from < to)
      .sort((a, b) => b.to - b.from - (a.to - a.from))
      .slice(0, mostOutages)
      .map((one) => ({ ...one, from: Math.max(one.from, from), to: Math.min(one.to, to) })),
  };
}

function thinned<T>(points: readonly T[]): T[] {
  const step = Math.ceil(points.length / mostPoints);
  return points.filter((_, index) => index % step === 0 || index === points.length - 1);
}
