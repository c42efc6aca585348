import { mergeHistograms, histogramPercentile } from '../../../base/stats/histogram.ts';
import { steadyState } from '../../../base/stats/steady-state.ts';
import { fitClockOffset, type ClockOffset } from '../../../platform/guest/service.ts';
import type { Measurement, TrialScope } from '../measurement.ts';
import type { LogEntry } from './fio/bandwidth-log.ts';
import { isMixed, jobFile, logInterval, rounds } from './fio/job-file.ts';
import type { FioResult } from './fio/output.ts';
import { runJobs } from './fio/run-jobs.ts';
import type { Job } from './options.ts';
import {
  commonInterval,
  progressCurve,
  summedThroughput,
  type ProgressCurve,
} from './progress-curve.ts';

type Direction = 'read' | 'write';

const percentiles = [50, 75, 90, 95, 99, 99.5, 99.9] as const;
const device = '/dev/vda';

/** fio inside every guest of the trial, all of them from one barrier, job after job. */
export const guestIo: Measurement = {
  metrics: {
    'guest-io.throughput': {
      title: 'Throughput of all guests together',
      unit: 'B/s',
      better: 'higher',
      headline: true,
    },
    'guest-io.iops': { title: 'Requests of all guests together', unit: '1/s', better: 'higher' },
    'guest-io.latency': { title: 'Completion latency', unit: 's', better: 'lower' },
    'guest-io.guest-throughput': {
      title: 'Throughput of one guest',
      unit: 'B/s',
      better: 'higher',
    },
    'guest-io.steady': { title: 'Steady state reached', unit: 'ratio', better: 'neither' },
    'guest-io.start-spread': {
      title: 'Time between the first and the last guest to begin',
      unit: 's',
      better: 'neither',
    },
    'guest-io.clock-error': {
      title: "Error of a guest's clock, mapped",
      unit: 's',
      better: 'neither',
    },
  },
  kind: 'measured',
  needsGuests: true,
  dataBytes: ({ measure }) =>
    (measure['guest-io']?.jobs ?? []).reduce((sum, job) => sum + job.size, 0),
  async run(scope) {
    requireControl(scope);
    const jobs = scope.scenario.measure['guest-io']?.jobs ?? [];
    const text = jobFile(jobs, device, scope.dataOffset);
    scope.saveArtifact('guest-io.fio', text);
    const before = await clockOffsets(scope);
    const guests = scope.guests.map(({ guest }) => guest.control);
    const runs = await runJobs(guests, jobs, text, scope.signal);
    const after = await clockOffsets(scope);
    runs.forEach(({ raw }, guest) => scope.saveArtifact(`guest-io.guest-${guest}.json`, raw));
    runs.forEach(({ results }, guest) =>
      scope.event({
        ...{ guest, event: 'guest-bytes', at: scope.clock.now() },
        figures: bytesMoved(jobs, results),
      }),
    );
    const offsets = before.map((offset, guest) => middle(offset, after[guest] ?? offset));
    jobs.forEach((job, index) => {
      const parts = runs.map(({ results, logs }, guest) => ({
        result: results[index] as FioResult,
        log: (logs[index] ?? []).map((entry) => ({
          ...entry,
          at: entry.at + (offsets[guest] ?? 0),
        })),
      }));
      recordJob(scope, job, parts);
    });
    recordDrift(scope, before, after);
  },
};

/** Cloud images may come without an agent, through which fio is started. */
function requireControl({ guests }: TrialScope): void {
  const without = guests.findIndex(({ stamps }) => stamps.agent === undefined);
  if (without < 0) return;
  throw new Error(
    `guest ${without}: the image has no guest agent: install qemu-guest-agent there, or measure creation only`,
  );
}

/** What fio moved in one guest in all its jobs, the writing before an overwrite included. */
function bytesMoved(jobs: readonly Job[], results: readonly FioResult[]): Record<string, number> {
  const sum = (direction: Direction) =>
    results.reduce((bytes, result) => bytes + result[direction].bytes, 0);
  const before = jobs.filter(({ touch }) => touch === 'overwrite');
  const written = before.reduce((bytes, { size }) => bytes + size, sum('write'));
  return { read: sum('read'), written };
}

/** One guest's part in one job; times of the log are on our clock. */
interface JobPart {
  result: FioResult;
  log: LogEntry[];
}

function recordJob(scope: TrialScope, job: Job, parts: readonly JobPart[]): void {
  const directions = (['read', 'write'] as const).filter((direction) =>
    parts.every(({ result }) => result[direction].bytes > 0),
  );
  if (directions.length === 0) throw new Error(`${job.name}: fio has moved nothing in a guest`);
  const curves = directions.map((direction) => curvesOf(parts, direction));
  directions.forEach((direction, index) =>
    recordDirection(scope, job, direction, parts, curves[index] ?? []),
  );
  if (job.touch === 'overwrite') {
    const steady = curves.every((each) => isSteady(each));
    scope.record('guest-io.steady', steady ? 1 : 0, { job: job.name });
    if (!steady) scope.warn(`${job.name}: not steady over its ${rounds} rounds`);
  }
  const starts = (curves[0] ?? []).map(({ times }) => times[0] ?? 0);
  scope.record('guest-io.start-spread', Math.max(...starts) - Math.min(...starts), {
    job: job.name,
  });
  starts.forEach((at, guest) => scope.event({ guest, event: `${job.name}-start`, at }));
}

function curvesOf(parts: readonly JobPart[], direction: Direction): ProgressCurve[] {
  return parts.map(({ log, result }) => {
    const entries = log.filter((entry) => entry.direction === direction);
    return progressCurve(entries, logInterval / 1000, result[direction]);
  });
}

/** The rule looks at what all guests move together, in five equal parts of the common interval. */
function isSteady(curves: readonly ProgressCurve[]): boolean {
  const common = commonInterval(curves);
  if (common === undefined) return false;
  const length = (common.end - common.start) / rounds;
  const values = Array.from({ length: rounds }, (_, round) => {
    const start = common.start + round * length;
    return summedThroughput(curves, start, start + length);
  });
  return steadyState(values)?.steady === true;
}

function recordDirection(
  scope: TrialScope,
  job: Job,
  direction: Direction,
  parts: readonly JobPart[],
  curves: readonly ProgressCurve[],
): void {
  const name = isMixed(job) ? `${job.name}:${direction}` : job.name;
  const common = commonInterval(curves);
  if (common === undefined) {
    scope.warn(`${name}: the guests never ran at the same time; no sum is given`);
  } else {
    const throughput = summedThroughput(curves, common.start, common.end);
    scope.record('guest-io.throughput', throughput, { job: name });
    scope.record('guest-io.iops', throughput / job.bs, { job: name });
  }
  parts.forEach(({ result }, guest) => {
    const { bytes, runtime } = result[direction];
    scope.record('guest-io.guest-throughput', bytes / runtime, { job: name, guest });
  });
  const merged = mergeHistograms(parts.map(({ result }) => result[direction].bins));
  for (const percentile of percentiles) {
    const nanoseconds = histogramPercentile(merged, percentile);
    scope.record('guest-io.latency', nanoseconds / 1e9, { job: name, percentile });
  }
}

/** How far the guests' clocks went from ours meanwhile: the error of the common interval. */
function recordDrift(
  scope: TrialScope,
  before: readonly ClockOffset[],
  after: readonly ClockOffset[],
): void {
  before.forEach((first, guest) => {
    const last = after[guest] ?? first;
    const uncertainty = Math.max(first.uncertainty, last.uncertainty);
    scope.record('guest-io.clock-error', Math.abs(last.wall - first.wall) / 2 + uncertainty, {
      guest,
    });
  });
}

function clockOffsets({ guests, clock }: TrialScope): Promise<ClockOffset[]> {
  return Promise.all(guests.map(({ guest }) => fitClockOffset(guest.service.udp, clock)));
}

function middle(before: ClockOffset, after: ClockOffset): number {
  return (before.wall + after.wall) / 2;
}
