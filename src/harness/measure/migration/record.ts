import type { MigrationEvent, MigrationReport } from '../../../platform/hypervisor/migration.ts';
import { diskTrace } from '../../observe/disk.ts';
import { GuestClock } from '../../observe/guest-clock.ts';
import { guestTrace } from '../../observe/guest.ts';
import type { KnownPause } from '../../observe/known-pauses.ts';
import type { ObserverName, Span, Trace } from '../../observe/observer.ts';
import type { TrialScope } from '../measurement.ts';
import type { MigrationOptions } from './options.ts';
import type { Seen } from './watch.ts';
import type { WitnessFindings } from './witness.ts';

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
  witness: WitnessFindings | undefined;
  /** Whether the guest is on the target. */
  moved: boolean;
}

/** Seconds around a known pause in which its gap is looked for. */
const margin = 0.1;
/** Nothing shorter is called an outage. */
const leastOutage = 0.005;
const binSeconds = 0.02;

type Scope = Pick<TrialScope, 'record' | 'event' | 'warn'>;

/** Turns what was seen in a trial into samples and events. */
export function recordMigration(scope: Scope, found: Found, options: MigrationOptions): void {
  const { windows, seen, events, report, witness, moved } = found;
  const clock = new GuestClock(seen.network.readings, seen.pauses);
  const traces: Partial<Record<ObserverName, Trace>> = {
    'hypervisor-events': seen.events,
    network: seen.network,
    guest: guestTrace(clock, seen.pauses),
    ...(witness && {
      disk: diskTrace(witness.writes, clock, {
        from: windows.control.from,
        to: windows.after.to,
      }),
    }),
  };
  recordWindows(scope, windows);
  for (const { at, event, figures } of events) {
    scope.event({ event: `migration.${event}`, at, ...(figures && { figures: { ...figures } }) });
  }
  for (const [name, trace] of Object.entries(traces)) {
    recordObserver(scope, name as ObserverName, trace, windows, moved);
  }
  if (moved) recordReported(scope, events, report);
  recordLoad(scope, seen, windows, options);
  const whole = { from: windows.control.from, to: windows.after.to };
  for (const { at, worst, answered, unanswered } of seen.network.series(whole, binSeconds)) {
    const figures = {
      bin: binSeconds,
      answered,
      unanswered,
      ...(worst !== undefined && { worst }),
    };
    scope.event({ event: 'probe', at, figures });
  }
  if (witness) {
    scope.record('migration.writes', witness.acknowledged);
    scope.record('migration.lost-writes', witness.missing);
  }
  for (const text of seen.network.warnings) scope.warn(text);
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
  { control, pauses, migration, after }: Windows,
  moved: boolean,
): void {
  const floor = Math.max(trace.longest(control), trace.longest(inner(after)));
  scope.record('migration.floor', floor, { observer });
  scope.record('migration.resolution', trace.resolution, { observer });
  pauses.forEach(({ commanded }, iteration) => {
    const around = { from: commanded.from - margin, to: commanded.to + margin };
    const error = trace.longest(around) - (commanded.to - commanded.from);
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

/** Without its edges: an outage that reaches into it is not one of the control. */
function inner({ from, to }: Span): Span {
  const edge = Math.min(0.2, (to - from) / 4);
  return { from: from + edge, to };
}

function recordReported(
  scope: Scope,
  events: readonly MigrationEvent[],
  report: MigrationReport,
): void {
  const at = (name: MigrationEvent['event']) => events.find(({ event }) => event === name)?.at;
  const [start, answered, completed] = [at('start'), at('answered'), at('completed')];
  if (start !== undefined && answered !== undefined) {
    scope.record('migration.total-time', Math.max(answered, completed ?? answered) - start);
  }
  const { downtime, setupTime, postCopyBlockTime, transferred, rounds } = report;
  if (downtime !== undefined) {
    scope.record('migration.downtime', downtime, { observer: 'hypervisor-reported' });
    const stop = at('stop');
    if (stop !== undefined) {
      const figures = { duration: downtime };
      scope.event({ event: 'outage', observer: 'hypervisor-reported', at: stop, figures });
    }
  }
  if (setupTime !== undefined) scope.record('migration.setup', setupTime);
  if (postCopyBlockTime !== undefined) {
    scope.record('migration.post-copy-wait', postCopyBlockTime);
  }
  if (transferred !== undefined) scope.record('migration.transferred', transferred);
  if (rounds !== undefined) scope.record('migration.rounds', rounds);
}

/** Nothing below is called late, however fast the service usually is. */
const leastLimit = 0.05;

function recordLoad(
  scope: Scope,
  { http }: Seen,
  { control, migration, after }: Windows,
  { limit }: MigrationOptions,
): void {
  if (http === undefined) return;
  for (const [phase, window] of Object.entries({ control, migration, after })) {
    for (const percentile of [50, 99]) {
      const latency = http.latencyPercentile(window, percentile);
      if (!Number.isFinite(latency)) continue;
      scope.record('migration.latency', latency, { phase, percentile });
    }
  }
  const usual = http.latencyPercentile(control, 99);
  const late = limit ?? Math.max(leastLimit, 3 * (Number.isFinite(usual) ? usual : leastLimit));
  scope.record('migration.lost-work', http.lostWork(migration, late));
}
