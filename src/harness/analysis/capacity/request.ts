import { UserError } from '../../../base/errors.ts';
import { didYouMean } from '../../../base/yaml/closest.ts';
import { oneOf } from '../../../base/yaml/one-of.ts';
import { limitsSchema } from '../../scenario/limits.ts';
import type { Analysis } from '../analysis.ts';
import type { CapacityRequest } from './capacity.ts';
import { fullShare, jobsOf } from './figures.ts';
import { type Limit, limitsOf } from './limit.ts';

/** What a user may choose; the rest comes from the scenario. */
export interface Wishes {
  job?: string | undefined;
  /** Instead of those of the scenario. */
  limits?: readonly Limit[] | undefined;
  percentile?: number | undefined;
}

type Input = Pick<Analysis, 'run' | 'series'>;

/**
 * The request that a run and its user make: by default the first job, the limits of the scenario or,
 * for guests of limited rate, 95 % of that rate.
 * @throws UserError if the run cannot say anything about capacity, or not about what is wished
 */
export function requestOf(analysis: Input, wishes: Wishes = {}): CapacityRequest {
  const { run, series } = analysis;
  const jobs = jobsOf(analysis);
  if (jobs.length === 0) {
    throw notForCapacity('a run with guest-io, got one without any of its throughput');
  }
  const guests = run.factors['guests'] ?? [];
  if (guests.length < 2) {
    const got = guests.length === 0 ? 'one that does not vary it' : `only ${guests.join('')}`;
    throw notForCapacity(`a run over several numbers of guests (factors.guests), got ${got}`);
  }
  const job = wishes.job ?? jobs[0] ?? '';
  if (!jobs.includes(job)) {
    throw new UserError({
      where: '--job',
      message: `expected ${oneOf(jobs)}, got ${job}`,
      ...(didYouMean(job, jobs) === undefined ? {} : { remedy: didYouMean(job, jobs) ?? '' }),
    });
  }
  const limits = wishes.limits ?? scenarioLimits(analysis, job);
  const recorded = new Set(
    series.flatMap(({ key }) =>
      key.metric === 'guest-io.latency' && key.percentile !== undefined ? [key.percentile] : [],
    ),
  );
  const percentile =
    wishes.percentile ?? limits.find((limit) => limit.percentile !== undefined)?.percentile ?? 99;
  const wished = wishes.limits?.flatMap((limit) => limit.percentile ?? []) ?? [];
  for (const wanted of [wishes.percentile ?? [], wished].flat()) {
    if (recorded.has(wanted)) continue;
    const known = [...recorded].sort((a, b) => a - b).join(', ');
    throw new UserError({
      message: `expected a percentile of latency that the run has recorded (${known || 'none'}), got ${wanted}`,
    });
  }
  return { job, limits, percentile };
}

function scenarioLimits({ run, series }: Input, job: string): Limit[] {
  const written = run.scenario['limits'];
  if (written !== undefined) return limitsOf(limitsSchema.parse(written));
  const rated = series.some(
    ({ key }) =>
      key.metric === 'guest-io.offered' &&
      (key.job === job || key.job === `${job}:read` || key.job === `${job}:write`),
  );
  return rated ? limitsOf({ aggregate: fullShare }) : [];
}

function notForCapacity(expected: string): UserError {
  return new UserError({
    message: `capacity: expected ${expected}`,
    remedy: 'see scenarios/capacity.yaml',
  });
}
