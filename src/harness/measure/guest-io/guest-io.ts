import { seededRandom } from '../../../base/stats/random.ts';
import { fitClockOffset, type ClockOffset } from '../../../platform/guest/service.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { hostOfGuest } from '../../runner/spread.ts';
import type { Measurement, TrialScope } from '../measurement.ts';
import type { Direction } from './fio/arrivals.ts';
import { jobFile } from './fio/job-file.ts';
import type { FioResult } from './fio/output.ts';
import { guestPlace } from './fio/place.ts';
import { runJobs, type FioRun } from './fio/run-jobs.ts';
import { runHostBaseline } from './host-baseline.ts';
import type { JobPart } from './job-figures.ts';
import { metrics } from './metrics.ts';
import type { Job } from './options.ts';
import { recordGuests } from './record-guests.ts';

/**
 * fio inside every guest of the trial, all of them from one barrier, job after job; afterwards, if
 * asked for, on their hosts.
 */
export const guestIo: Measurement = {
  metrics,
  kind: 'measured',
  needsGuests: true,
  dataBytes: ({ measure }) =>
    (measure['guest-io']?.jobs ?? []).reduce((sum, job) => sum + job.size, 0),
  async run(scope) {
    requireControl(scope);
    const { jobs = [], host: baseline = false } = scope.scenario.measure['guest-io'] ?? {};
    const hosts = scope.guests.map(
      (_, guest) => scope.hosts[hostOfGuest(guest, scope.levels)] as Host,
    );
    const seeds = arrivalSeeds(scope);
    const places = scope.guests.map((created, guest) =>
      guestPlace(guest, created.guest, scope.dataOffset, seeds[guest] ?? 1),
    );
    places.forEach((place, guest) => {
      const name = guest === 0 ? 'guest-io.fio' : `guest-io.guest-${guest}.fio`;
      // Only arrivals are another's own.
      if (guest > 0 && jobs.every(({ rate }) => rate === undefined)) return;
      scope.saveArtifact(name, jobFile(jobs, place));
    });
    const before = await clockOffsets(scope);
    const runs = await runJobs(places, jobs, scope.signal);
    const after = await clockOffsets(scope);
    runs.forEach(({ raw }, guest) => scope.saveArtifact(`guest-io.guest-${guest}.json`, raw));
    runs.forEach(({ results }, guest) =>
      scope.event({
        ...{ guest, event: 'guest-bytes', at: scope.clock.now() },
        figures: bytesMoved(jobs, results),
      }),
    );
    const offsets = before.map((offset, guest) => middle(offset, after[guest] ?? offset));
    const sums = jobs.flatMap((job, index) => {
      const parts = runs.map((run, guest) =>
        partOf(run, index, offsets[guest] ?? 0, hosts[guest]?.name ?? ''),
      );
      return [...recordGuests(scope, job, parts)];
    });
    recordDrift(scope, before, after);
    if (baseline) await runHostBaseline(scope, jobs, hosts, new Map(sums), seeds);
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

/** One for each guest, others in each trial, the same when the run is made again. */
function arrivalSeeds({ guests, scenario, trial }: TrialScope): number[] {
  const random = seededRandom(`${scenario.seed ?? ''} arrivals ${trial}`);
  return guests.map((_, guest) => 1 + random.fork(String(guest)).integer(2 ** 31 - 1));
}

/** @param offset of the guest's wall clock to ours */
function partOf({ results, logs }: FioRun, index: number, offset: number, host: string): JobPart {
  const log = (logs[index] ?? []).map((entry) => ({ ...entry, at: entry.at + offset }));
  return { result: results[index] as FioResult, log, host };
}

/** What fio moved in one guest in all its jobs, the writing before an overwrite included. */
function bytesMoved(jobs: readonly Job[], results: readonly FioResult[]): Record<string, number> {
  const sum = (direction: Direction) =>
    results.reduce((bytes, result) => bytes + result[direction].bytes, 0);
  const before = jobs.filter(({ touch }) => touch === 'overwrite');
  const written = before.reduce((bytes, { size }) => bytes + size, sum('write'));
  return { read: sum('read'), written };
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
