import type { MigrationEvent, MigrationReport } from '../../../platform/hypervisor/migration.ts';
import type { CompletedWrite } from '../../observe/disk.ts';
import { expectWatched } from '../../observe/expect-watched.ts';
import { calibrationError, type KnownPause } from '../../observe/known-pauses.ts';
import { longestWithin } from '../../observe/longest-within.ts';
import type { ObserverName, Span, Trace } from '../../observe/observer.ts';
import { tracesOf } from '../../observe/traces.ts';
import type { Seen } from '../../observe/watch.ts';
import type { TrialScope } from '../measurement.ts';
import type { MigrationOptions } from './options.ts';
import { recordLoad } from './record-load.ts';
import { recordReported } from './record-reported.ts';

/** The stretches of a trial, in seconds on our clock. */
export interface Windows {
  /** Before the migration: nothing happens. */
  control: Span;
  pauses: readonly KnownPause[];
  migration: Span;
  after: Span;
}

export interface Found {
  windows: Windows;
  seen: Seen;
  /** In the order of their stamps. */
  events: readonly MigrationEvent[];
  report: MigrationReport;
  /** Of the write witness; absent where there was none. */
  writes?: readonly CompletedWrite[];
  /** Whether the guest is on the target. */
  moved: boolean;
}

/** Nothing shorter is called an outage, in seconds. */
const leastOutage = 0.005;
const binSeconds = 0.02;

export type Scope = Pick<TrialScope, 'record' | 'event' | 'warn'>;

/** Turns what was seen in a trial into samples and events. */
export function recordMigration(scope: Scope, found: Found, options: MigrationOptions): void {
  const { windows, seen, events, report, writes, moved } = found;
  const whole = { from: windows.control.from, to: windows.after.to };
  const { traces, unseen, warnings } = tracesOf(seen, writes, whole);
  expectWatched('network probe', seen.network.watched, windows.migration);
  if (seen.http) expectWatched('HTTP load', seen.http.watched, windows.migration);
  recordWindows(scope, windows);
  for (const { at, event, figures } of events) {
    scope.event({ event: `migration.${event}`, at, ...(figures && { figures: { ...figures } }) });
  }
  for (const [observer, trace] of traces) {
    const blind = unseen
      .get(observer)
      ?.some(({ from, to }) => to > windows.migration.from && from < windows.migration.to);
    recordObserver(scope, observer, trace, { ...found, moved: moved && blind !== true });
  }
  if (moved) recordReported(scope, events, report);
  if (seen.http !== undefined) recordLoad(scope, seen.http, windows, options.limit);
  for (const { at, worst, answered, unanswered } of seen.network.series(whole, binSeconds)) {
    const counts = { bin: binSeconds, answered, unanswered };
    const figures = { ...counts, ...(worst !== undefined && { worst }) };
    scope.event({ event: 'probe', observer: 'network', at, figures });
  }
  for (const text of warnings) scope.warn(text);
}

function recordWindows(scope: Scope, { control, pauses, migration, after }: Windows): void {
  const windows: [string, Span][] = [
    ['control', control],
    ...pauses.map(({ commanded }): [string, Span] => ['calibration', commanded]),
    ['migration', migration],
    ['after', after],
  ];
  for (const [phase, { from, to }] of windows) {
    scope.event({ event: 'window', phase, at: from, figures: { duration: to - from } });
  }
}

function recordObserver(
  scope: Scope,
  observer: ObserverName,
  trace: Trace,
  { windows, seen, moved }: Found,
): void {
  const { control, pauses, migration, after } = windows;
  const floor = Math.max(longestWithin(trace, control), longestWithin(trace, inner(after)));
  scope.record('migration.floor', floor, { observer });
  scope.record('migration.resolution', trace.resolution, { observer });
  pauses.forEach((pause, iteration) => {
    const error = calibrationError(observer, trace, pause, seen.pauses);
    scope.record('migration.calibration-error', error, { observer, iteration });
  });
  const threshold = Math.max(3 * floor, leastOutage, trace.resolution);
  const outages = trace.gaps(migration, threshold);
  for (const { from, to } of outages) {
    scope.event({ event: 'outage', observer, at: from, figures: { duration: to - from } });
  }
  if (!moved) return;
  scope.record('migration.downtime', trace.longest(migration), { observer });
  const sum = outages.reduce((all, { from, to }) => all + to - from, 0);
  scope.record('migration.outages', sum, { observer });
}

/** Without its beginning: what the migration holds up there is not of the floor. */
function inner({ from, to }: Span): Span {
  return { from: from + Math.min(0.2, (to - from) / 4), to };
}
