import type { Host } from '../../../platform/remote/host.ts';
import type { TrialScope } from '../measurement.ts';
import { hostPlace } from './fio/host-place.ts';
import { runJobs } from './fio/run-jobs.ts';
import { jobFigures, throughputs, type JobPart } from './job-figures.ts';
import type { Job } from './options.ts';
import { recordLatencies } from './record-guests.ts';

/**
 * The jobs that can be run on a host as in a guest: first touch has nothing on a host that corresponds
 * to it, since no clone fetches or copies there.
 */
export function baselineJobs(jobs: readonly Job[]): Job[] {
  return jobs.filter(({ touch }) => touch === 'overwrite');
}

/**
 * The same jobs on the guests' hosts, while the guests are idle: as many fios at once as there are
 * guests on each host, each on a file of the guests' storage, from one barrier over all hosts.
 * @param hosts the host of each guest
 * @param guests throughput of all guests together, by job and direction
 * @param seeds of each guest's arrivals
 */
export async function runHostBaseline(
  scope: TrialScope,
  all: readonly Job[],
  hosts: readonly Host[],
  guests: ReadonlyMap<string, number>,
  seeds: readonly number[],
): Promise<void> {
  const jobs = baselineJobs(all);
  if (jobs.length === 0) return;
  const { environment, signal } = scope;
  const size = jobs.reduce((sum, job) => sum + job.size, 0);
  const places = await Promise.all(
    hosts.map(async (host, number) =>
      hostPlace({
        ...{ host, number, size, environment, signal, seed: seeds[number] ?? 1 },
        folder: `${await scope.folder(host)}/fio-${number}`,
        file: scope.storageFile(host, `fio-${number}`),
      }),
    ),
  );
  const runs = await runJobs(places, jobs, signal);
  // For the next measurement of the trial, and for storages that are nearly full.
  await Promise.all(places.map(({ control, file }) => control.run(['rm', '-f', '--', file])));
  runs.forEach(({ raw }, number) => scope.saveArtifact(`guest-io.host-${number}.json`, raw));
  jobs.forEach((job, index) => {
    const parts = runs.map(({ results, logs }, number): JobPart => {
      const host = hosts[number] as Host;
      const log = (logs[index] ?? []).map((entry) => ({
        ...entry,
        at: host.clock.fromWall(entry.at),
      }));
      return { result: results[index] as JobPart['result'], log, host: host.name };
    });
    recordHosts(scope, job, parts, guests);
  });
}

function recordHosts(
  scope: TrialScope,
  job: Job,
  parts: readonly JobPart[],
  guests: ReadonlyMap<string, number>,
): void {
  for (const figures of jobFigures(job, parts)) {
    const { name } = figures;
    recordLatencies(scope, 'guest-io.host-latency', figures);
    const together = throughputs(figures, parts);
    if (together === undefined) {
      scope.warn(`${name}: the hosts' fios never ran at the same time; no sum is given`);
      continue;
    }
    const sum = together.each.reduce((a, b) => a + b, 0);
    scope.record('guest-io.host-throughput', sum, { job: name });
    const inGuests = guests.get(name);
    // At a limited rate both move what is asked: their latencies tell the difference.
    if (inGuests === undefined || inGuests === 0 || job.rate !== undefined) continue;
    scope.record('guest-io.overhead', sum / inGuests, { job: name });
  }
}
