import { z } from 'zod';
import { histogramPercentile, mergeHistograms } from '../../../base/stats/histogram.ts';
import { errorOf } from '../../../base/yaml/finding.ts';
import { expectation } from '../../../base/yaml/issues.ts';
import { show, showPath } from '../../../base/yaml/printable.ts';
import type { Path, Source } from '../../../base/yaml/tree.ts';
import { percentiles } from '../../measure/guest-io/metrics.ts';
import type { ImportedFigure } from '../figure.ts';
import { jsonPlace } from '../json-place.ts';
import { isLabelText, labelRule } from '../label-text.ts';
import { parseFioJson } from './parse-json.ts';

const amount = z.number().nonnegative();

const latencies = z.object({
  min: amount.optional(),
  mean: amount.optional(),
  percentile: z.record(z.string().regex(/^\d+(\.\d+)?$/), amount).optional(),
  bins: z.record(z.string().regex(/^\d+$/), amount.int()).optional(),
});

const direction = z.object({
  io_bytes: amount,
  /** Milliseconds. */
  runtime: amount,
  total_ios: amount,
  clat_ns: latencies,
  lat_ns: latencies.optional(),
});
type Direction = z.infer<typeof direction>;

const outputSchema = z.object({
  'fio version': z
    .string()
    .regex(/^fio-3\./, 'expected version 3 of fio, whose latencies are in nanoseconds'),
  jobs: z
    .array(
      z.object({
        jobname: z.string().refine(isLabelText, `expected ${labelRule}`),
        groupid: z.int().default(0),
        error: z.literal(0, 'expected 0: jobs that failed have no figures'),
        read: direction,
        write: direction,
      }),
    )
    .min(1),
});
type Job = z.infer<typeof outputSchema>['jobs'][number];

/** The figures of one output of fio, which is one trial, and what it leaves open. */
export interface FioFigures {
  figures: Omit<ImportedFigure, 'arm' | 'trial'>[];
  warnings: string[];
}

/**
 * Reads what fio 3 printed with `--output-format=json` or `json+`: throughput, requests a second and
 * latencies of each job; of a job that reads and writes apart, `NAME:read` and `NAME:write`. Several
 * jobs of one name ran at the same time and are one.
 * @throws UserError naming file, line and column of the first thing that is not as it should be
 */
export function readFio(source: Source): FioFigures {
  const { content, begin } = parseFioJson(source);
  const fail = (path: Path, message: string, remedy?: string) => {
    const name = path.length === 0 ? '' : `${showPath(path)}: `;
    return errorOf([
      { span: jsonPlace(source, begin, path), message: `${name}${message}`, remedy },
    ]);
  };
  const { data, error } = outputSchema.safeParse(content, { error: expectation });
  if (error !== undefined) {
    const [issue] = error.issues;
    const path = issue?.path ?? [];
    const value = path.reduce<unknown>(
      (here, key) => (here as Record<PropertyKey, unknown> | undefined)?.[key],
      content,
    );
    throw fail(path, `${issue?.message ?? 'expected another value'}, got ${show(value)}`);
  }
  const warnings: string[] = [];
  const names = [...new Set(data.jobs.map(({ jobname }) => jobname))];
  const figures = names.flatMap((name) => {
    const first = data.jobs.findIndex(({ jobname }) => jobname === name);
    const jobs = data.jobs.filter(({ jobname }) => jobname === name);
    if (jobs.some(({ groupid }) => groupid !== jobs[0]?.groupid)) {
      const message = `expected jobs of one name to run together, got ${show(name)} in several groups`;
      throw fail(['jobs', first, 'jobname'], message, 'give each job a name of its own');
    }
    const directions = (['read', 'write'] as const).filter((way) => moved(jobs, way) > 0);
    if (directions.length === 0) {
      throw fail(
        ['jobs', first],
        'expected a job that reads or writes, got one that has moved nothing',
      );
    }
    return directions.flatMap((way) => {
      if (Math.max(...jobs.map((job) => job[way].runtime)) === 0) {
        const message = 'expected a job of at least a millisecond, got 0';
        throw fail(['jobs', first, way, 'runtime'], message, 'let it run longer');
      }
      const job = directions.length === 1 ? name : `${name}:${way}`;
      return directionFigures(
        job,
        jobs.map((one) => one[way]),
        warnings,
      );
    });
  });
  return { figures, warnings };
}

function moved(jobs: readonly Job[], way: 'read' | 'write'): number {
  return jobs.reduce((sum, job) => sum + job[way].io_bytes, 0);
}

function directionFigures(job: string, parts: readonly Direction[], warnings: string[]) {
  const sum = (pick: (part: Direction) => number) =>
    parts.reduce((total, part) => total + pick(part), 0);
  const seconds = Math.max(...parts.map(({ runtime }) => runtime)) / 1000;
  const latency = latencyOf(parts);
  if (latency.size === 0) {
    warnings.push(
      parts.length === 1
        ? `${job}: fio's output has no percentiles of latency`
        : `${job}: percentiles of several jobs cannot be joined without their histograms (json+)`,
    );
  }
  return [
    { metric: 'guest-io.throughput', value: sum(({ io_bytes }) => io_bytes) / seconds, job },
    { metric: 'guest-io.iops', value: sum(({ total_ios }) => total_ios) / seconds, job },
    ...[...latency].map(([percentile, nanoseconds]) => ({
      ...{ metric: 'guest-io.latency', value: nanoseconds / 1e9, job, percentile },
    })),
  ];
}

/** Percentile → nanoseconds; from histograms where there are any, else as fio has computed them. */
function latencyOf(parts: readonly Direction[]): Map<number, number> {
  const bins = parts.map(({ clat_ns, lat_ns }) => clat_ns.bins ?? lat_ns?.bins ?? {});
  const merged = mergeHistograms(bins);
  if (bins.every((one) => Object.keys(one).length > 0) && merged.total > 0) {
    return new Map(percentiles.map((percent) => [percent, histogramPercentile(merged, percent)]));
  }
  const [only, ...others] = parts;
  if (only === undefined || others.length > 0) return new Map();
  const given = only.clat_ns.percentile ?? only.lat_ns?.percentile ?? {};
  const known: readonly number[] = percentiles;
  return new Map(
    Object.entries(given)
      .map(([percent, value]) => [Number(percent), value] as const)
      .filter(([percent]) => known.includes(percent)),
  );
}
