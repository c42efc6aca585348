import { z } from 'zod';
import { findDocument } from './document.ts';

const latencies = z.object({ bins: z.record(z.string(), z.number()).optional() });

const direction = z.object({
  io_bytes: z.number(),
  /** Milliseconds. */
  runtime: z.number(),
  total_ios: z.number(),
  clat_ns: latencies,
  lat_ns: latencies.optional(),
});

const outputSchema = z.object({
  'fio version': z.string(),
  jobs: z
    .array(z.object({ jobname: z.string(), error: z.number(), read: direction, write: direction }))
    .min(1),
});

/** One direction of one job: what was moved, in how long, and the latencies. */
export interface DirectionResult {
  bytes: number;
  /** Seconds. */
  runtime: number;
  /**
   * Latency in nanoseconds → number of requests: of completion, or of submission and completion
   * together where the job asked for that.
   */
  bins: Record<string, number>;
}

/** What fio said of one job. */
export interface FioResult {
  read: DirectionResult;
  write: DirectionResult;
}

/**
 * Reads fio's `json+` output.
 * @param names the jobs wanted, in the order wanted; others are left out
 * @throws Error that says what is not as expected, or which job failed
 */
export function parseFioOutput(
  text: string,
  names: readonly string[],
): { version: string; results: FioResult[] } {
  const output = outputSchema.safeParse(parseJson(text));
  if (!output.success) {
    throw new Error(`fio's output is not as expected: ${z.prettifyError(output.error)}`);
  }
  const { jobs, 'fio version': version } = output.data;
  const failed = jobs.find(({ error }) => error !== 0);
  if (failed) throw new Error(`fio's job ${failed.jobname} failed with errno ${failed.error}`);
  const results = names.map((name) => {
    const job = jobs.find(({ jobname }) => jobname === name);
    if (job === undefined) throw new Error(`fio reported no job called ${name}`);
    return { read: directionResult(job.read), write: directionResult(job.write) };
  });
  return { version, results };
}

function parseJson(text: string): unknown {
  const { begin, end, second } = findDocument(text);
  if (second !== undefined) {
    throw new Error('expected one JSON document from fio, got several (--status-interval?)');
  }
  try {
    return JSON.parse(text.slice(begin, end));
  } catch (error) {
    const last = text.trim().slice(-200);
    throw new Error(`expected JSON from fio, got ${last === '' ? 'nothing' : `"…${last}"`}`, {
      cause: error,
    });
  }
}

function directionResult({
  io_bytes,
  runtime,
  clat_ns,
  lat_ns,
}: z.infer<typeof direction>): DirectionResult {
  return { bytes: io_bytes, runtime: runtime / 1000, bins: clat_ns.bins ?? lat_ns?.bins ?? {} };
}
