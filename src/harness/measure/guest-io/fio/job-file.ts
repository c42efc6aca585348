import type { Job } from '../options.ts';

/** Rounds of the steady-state rule (SNIA PTS). */
export const rounds = 5;
/** Length of one entry of the bandwidth log, in milliseconds. */
export const logInterval = 50;

/** Where fio works in the guest: on memory, so that it does not disturb what it measures. */
export const folder = '/run/vg-fio';

/** Files in that folder; jobs are numbered from 0. */
export const files = {
  job: `${folder}/job`,
  report: `${folder}/report`,
  /** Appears when the job is set up and waits. */
  arrived: (job: number) => `${folder}/arrived-${job}`,
  /** A pipe; a line in it lets the job go. */
  go: (job: number) => `${folder}/go-${job}`,
  bandwidthLog: (job: number) => `${folder}/${job}_bw.log`,
} as const;

/**
 * fio's job file for all jobs of a trial, one after the other in one fio: under emulation its start
 * costs half a second. Each job waits at a barrier with everything set up, so that all guests begin
 * together; it blocks on a pipe, since a loop that looks again and again would take the CPU from the
 * other guests. First touch is one pass over the job's part; overwrite runs for five rounds over a
 * part that was written before.
 * @param device device or file in the guest
 * @param offset first byte of the first job's part; the parts follow one another
 */
export function jobFile(jobs: readonly Job[], device: string, offset: number): string {
  let start = offset;
  const sections = jobs.flatMap((job, index) => {
    const place = { filename: device, offset: start, size: job.size };
    start += job.size;
    return [
      ...(job.touch === 'overwrite' ? [preconditionSection(index, place)] : []),
      measuredSection(job, place, index),
    ];
  });
  const common = {
    ...{ ioengine: 'libaio', direct: 1, stonewall: undefined, per_job_logs: 0 },
    // fio would read the CPU's counter itself, which is not dependable under emulation.
    clocksource: 'clock_gettime',
  };
  return [section('global', common), ...sections].join('\n');
}

/** What fio calls a job. Names of jobs have no colon, so it cannot be taken for a section of ours. */
export function sectionName({ name }: Job, index: number): string {
  return `job:${index}:${name}`;
}

/** Seconds that a job runs at least. */
export function leastRuntime(job: Job): number {
  return job.touch === 'overwrite' ? job.round * rounds : 0;
}

export function isMixed({ rw }: Job): boolean {
  return rw === 'rw' || rw === 'randrw';
}

type Options = Readonly<Record<string, string | number | undefined>>;

function measuredSection(job: Job, place: Options, index: number): string {
  const { rw, bs, iodepth } = job;
  return section(sectionName(job, index), {
    ...place,
    ...{ rw, bs, iodepth },
    ...(isMixed(job) && { rwmixread: job.readShare }),
    ...(job.touch === 'overwrite' && {
      time_based: 1,
      runtime: `${String(Math.round(leastRuntime(job) * 1000))}ms`,
    }),
    write_bw_log: `${folder}/${index}`,
    ...{ log_avg_msec: logInterval, bwavgtime: logInterval, log_unix_epoch: 1 },
    // The pipe is opened both ways, so that it has a reader from the moment of arrival on. A
    // semicolon would begin a comment here.
    exec_prerun: `exec 3<>${files.go(index)} && touch ${files.arrived(index)} && read line <&3`,
  });
}

/** Writes every block of the part once, so that what follows overwrites. */
function preconditionSection(index: number, place: Options): string {
  return section(`precondition:${index}`, {
    ...place,
    ...{ rw: 'write', bs: 2 ** 20, iodepth: 4 },
  });
}

/** An option without a value stands alone on its line. */
function section(name: string, options: Options): string {
  const lines = Object.entries(options).map(([key, value]) =>
    value === undefined ? key : `${key}=${value}`,
  );
  return `[${name}]\n${lines.join('\n')}\n`;
}
