import { histogramMean, histogramPercentile } from '../../../base/stats/histogram.ts';
import { jainIndex } from '../../../base/stats/jain-index.ts';
import { steadyState } from '../../../base/stats/steady-state.ts';
import type { TrialScope } from '../measurement.ts';
import { arrivalsOf } from './fio/arrivals.ts';
import { rounds } from './fio/job-file.ts';
import {
  jobFigures,
  sumsByHost,
  throughputs,
  type DirectionFigures,
  type JobPart,
} from './job-figures.ts';
import { percentiles } from './metrics.ts';
import type { Job } from './options.ts';
import { commonInterval, summedThroughput, type ProgressCurve } from './progress-curve.ts';
import { busyShare, isSaturated } from './saturation.ts';

/** Share of requests that may wait unseen before it is said. */
const bearable = 0.1;

/**
 * Records what the guests did in one job.
 * @returns throughput of all of them by job and direction, where they ran at the same time
 */
export function recordGuests(
  scope: TrialScope,
  job: Job,
  parts: readonly JobPart[],
): Map<string, number> {
  const all = jobFigures(job, parts);
  const sums = new Map<string, number>();
  for (const figures of all) {
    const sum = recordDirection(scope, job, figures, parts);
    if (sum !== undefined) sums.set(figures.name, sum);
    recordLatencies(scope, 'guest-io.latency', figures);
  }
  // What comes at a rate is steady or saturated, and varies by chance.
  if (job.touch === 'overwrite' && job.rate === undefined) {
    const steady = all.every(({ curves }) => isSteady(curves));
    scope.record('guest-io.steady', steady ? 1 : 0, { job: job.name });
    if (!steady) scope.warn(`${job.name}: not steady over its ${rounds} rounds`);
  }
  const starts = (all[0]?.curves ?? []).map(({ times }) => times[0] ?? 0);
  if (starts.length > 0) {
    scope.record('guest-io.start-spread', Math.max(...starts) - Math.min(...starts), {
      job: job.name,
    });
  }
  starts.forEach((at, guest) => scope.event({ guest, event: `${job.name}-start`, at }));
  return sums;
}

/** Percentiles of all latencies together. */
export function recordLatencies(
  scope: TrialScope,
  metric: 'guest-io.latency' | 'guest-io.host-latency',
  { name, latencies }: DirectionFigures,
): void {
  for (const percentile of percentiles) {
    const nanoseconds = histogramPercentile(latencies, percentile);
    scope.record(metric, nanoseconds / 1e9, { job: name, percentile });
  }
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
  figures: DirectionFigures,
  parts: readonly JobPart[],
): number | undefined {
  const { name, direction, curves } = figures;
  parts.forEach(({ result }, guest) => {
    const { bytes, runtime } = result[direction];
    scope.record('guest-io.guest-throughput', bytes / runtime, { job: name, guest });
  });
  const together = throughputs(figures, parts);
  if (together === undefined) {
    const why =
      curves.length === 0
        ? 'a guest moved too little to leave anything in its log'
        : 'the guests never ran at the same time';
    scope.warn(`${name}: ${why}; no sum is given`);
    return undefined;
  }
  const { each, seconds } = together;
  const sum = each.reduce((a, b) => a + b, 0);
  scope.record('guest-io.throughput', sum, { job: name });
  scope.record('guest-io.iops', sum / job.bs, { job: name });
  if (each.length > 1) scope.record('guest-io.fairness', jainIndex(each), { job: name });
  const byHost = sumsByHost(each, parts);
  if (byHost.size > 1) {
    for (const [observer, value] of byHost) {
      scope.record('guest-io.per-host-throughput', value, { job: name, observer });
    }
  }
  recordLoad(scope, job, figures, { guests: each.length, achieved: sum / job.bs, seconds });
  return sum;
}

/** How a job of limited rate stands to what was asked of it. */
function recordLoad(
  scope: TrialScope,
  job: Job,
  { name, direction, latencies }: DirectionFigures,
  { guests, achieved, seconds }: { guests: number; achieved: number; seconds: number },
): void {
  const asked = arrivalsOf(job).find((each) => each.direction === direction);
  if (asked === undefined) return;
  const { arrivals } = job;
  const offered = asked.rate * guests;
  scope.record('guest-io.offered', offered, { job: name });
  if (isSaturated({ offered, achieved, seconds, arrivals })) {
    const share = Math.round((achieved / offered) * 100);
    scope.warn(
      `${name}: saturated: ${share} % of the requests asked for were done; latencies do not count what the others would have waited`,
    );
    return;
  }
  const busy = busyShare(asked.streams * guests, achieved, histogramMean(latencies) / 1e9);
  if (busy <= bearable) return;
  const unseen = `${name}: about ${Math.round(busy * 100)} % of the requests were due while the previous one of their stream was in flight, and that wait is not in the latencies`;
  const more = asked.streams < asked.rate && arrivals === 'poisson';
  scope.warn(more ? `${unseen}: a larger iodepth gives more streams` : unseen);
}
