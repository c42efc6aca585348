import { expectWatched } from '../../observe/expect-watched.ts';
import type { LoadTrace } from '../../observe/http/index.ts';
import type { Span } from '../../observe/observer.ts';
import { gaps, longestGap, signsOf } from '../../observe/outages.ts';
import { NotConverged, type TrialScope } from '../measurement.ts';
import { failoverPhases, type Course } from './phases.ts';

/** What one failover was seen to do; seconds on our clock. */
export interface Seen {
  /** Before it: nothing happens. */
  control: Span;
  /** The host was gone by then. */
  gone: number;
  /** Watching ended. */
  to: number;
  course: Course;
  load: Pick<LoadTrace, 'requests' | 'warnings' | 'watched'>;
}

/**
 * Turns what was seen of a failover into samples and events.
 * @throws NotConverged if the service has not answered again
 */
export function recordFailover(scope: Pick<TrialScope, 'record' | 'event' | 'warn'>, seen: Seen) {
  const { control, gone, to, course, load } = seen;
  for (const text of load.warnings) scope.warn(text);
  expectWatched('HTTP load', load.watched, { from: control.from, to });
  const answered = load.requests.answeredAt.filter((at) => !Number.isNaN(at));
  // The outage begins where the control ends: it is no part of the floor.
  scope.record('failover.floor', longestGap(signsOf(answered, control), control));
  const signs = signsOf(answered, { from: control.from, to });
  const outage = gaps(signs, { from: control.from, to }, 0).find(
    (gap) => gap.from <= gone && gap.to > gone,
  );
  if (outage === undefined || outage.to >= to) {
    throw new NotConverged('the service has not answered again');
  }
  scope.record('failover.downtime', outage.to - outage.from);
  for (const { phase, from, to: end } of failoverPhases(outage, course)) {
    scope.record('failover.phase', end - from, { phase });
    scope.event({ event: 'failover', at: from, phase, figures: { duration: end - from } });
  }
}
