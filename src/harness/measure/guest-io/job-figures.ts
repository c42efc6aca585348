import { mergeHistograms, type Histogram } from '../../../base/stats/histogram.ts';
import type { Direction } from './fio/arrivals.ts';
import type { LogEntry } from './fio/bandwidth-log.ts';
import { isMixed, logInterval } from './fio/job-file.ts';
import type { FioResult } from './fio/output.ts';
import type { Job } from './options.ts';
import {
  commonInterval,
  progressCurve,
  steadyCurve,
  summedThroughput,
  type ProgressCurve,
} from './progress-curve.ts';

/** One fio's part in one job; times of the log are on our clock. */
export interface JobPart {
  result: FioResult;
  log: LogEntry[];
  /** Host of the guest, or on which it ran. */
  host: string;
}

/** What all parts of a job did together in one direction. */
export interface DirectionFigures {
  /** Of the job, in tables; of a mixed one with the direction. */
  name: string;
  direction: Direction;
  /** In the order of the parts; none at all where one of them left nothing in its log. */
  curves: ProgressCurve[];
  /** The interval in which all of them ran, in seconds on our clock; undefined if there is none. */
  common: { start: number; end: number } | undefined;
  /** Latencies of all of them, in nanoseconds. */
  latencies: Histogram;
}

/**
 * The directions in which a job has moved something.
 * @throws Error if one of the parts has moved nothing, or all of it within 1 ms
 */
export function jobFigures(job: Job, parts: readonly JobPart[]): DirectionFigures[] {
  const directions = (['read', 'write'] as const).filter((direction) =>
    parts.every(({ result }) => result[direction].bytes > 0),
  );
  if (directions.length === 0) throw new Error(`${job.name}: fio has moved nothing in a guest`);
  return directions.map((direction) => {
    if (parts.some(({ result }) => result[direction].runtime === 0)) {
      throw new Error(
        `${job.name}: over within 1 ms, the least that fio counts: give it more to do`,
      );
    }
    const known = parts.flatMap((part) => curveOf(job, part, direction) ?? []);
    const curves = known.length === parts.length ? known : [];
    return {
      ...{ direction, curves, common: commonInterval(curves) },
      name: isMixed(job) ? `${job.name}:${direction}` : job.name,
      latencies: mergeHistograms(parts.map(({ result }) => result[direction].bins)),
    };
  });
}

/**
 * Bytes a second of each part while all ran, and for how long that was; one part alone needs no log for it.
 * @returns undefined if they never ran at the same time, or that is not known
 */
export function throughputs(
  { curves, common, direction }: DirectionFigures,
  parts: readonly JobPart[],
): { each: number[]; seconds: number } | undefined {
  if (common !== undefined) {
    const { start, end } = common;
    const each = curves.map((curve) => summedThroughput([curve], start, end));
    return { each, seconds: end - start };
  }
  const [part, ...others] = parts;
  if (part === undefined || others.length > 0) return undefined;
  const { bytes, runtime } = part.result[direction];
  return { each: [bytes / runtime], seconds: runtime };
}

/** Sums of what belongs to the same host, by its name. */
export function sumsByHost(
  values: readonly number[],
  parts: readonly Pick<JobPart, 'host'>[],
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [index, value] of values.entries()) {
    const host = parts[index]?.host ?? '';
    sums.set(host, (sums.get(host) ?? 0) + value);
  }
  return sums;
}

/** Undefined where the log is empty: the job was too short, or its guest hardly ever ran. */
function curveOf(
  job: Job,
  { log, result }: JobPart,
  direction: Direction,
): ProgressCurve | undefined {
  const interval = logInterval(job);
  if (job.rate === undefined) {
    const entries = log.filter((entry) => entry.direction === direction);
    if (entries.length === 0) return undefined;
    return progressCurve(entries, interval, result[direction]);
  }
  // The streams' logs follow one another: they tell when it began.
  if (log.length === 0) return undefined;
  const first = log.reduce((least, { at }) => Math.min(least, at), Infinity);
  return steadyCurve(first - interval, result[direction]);
}
