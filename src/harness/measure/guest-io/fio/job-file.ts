import { quote } from '../../../../platform/remote/ssh/quote.ts';
import type { Job } from '../options.ts';
import { arrivalSections } from './arrivals.ts';
import { section, type Options, type Section } from './section.ts';

/** Rounds of the steady-state rule (SNIA PTS). */
export const rounds = 5;

/** What tells one fio from another. */
export interface JobFilePlace {
  /** Folder for fio's files. */
  folder: string;
  /** Device or file on which it works. */
  file: string;
  /** First byte of the first job's part; the parts follow one another. */
  offset: number;
  /** Of the arrivals of jobs of limited rate: from 1. */
  seed: number;
}

/** Files in fio's folder; jobs are numbered from 0. */
export function filesIn(folder: string) {
  return {
    job: `${folder}/job`,
    report: `${folder}/report`,
    /** Appears when the job is set up and waits. */
    arrived: (job: number) => `${folder}/arrived-${job}`,
    /** A pipe; a line in it lets the job go. */
    go: (job: number) => `${folder}/go-${job}`,
    bandwidthLog: (job: number) => `${folder}/${job}_bw.log`,
  } as const;
}

/**
 * fio's job file for all jobs of a trial, one after the other in one fio: under emulation its start
 * costs half a second. Each job waits at a barrier with everything set up, so that all guests begin
 * together; it blocks on a pipe, since a loop that looks again and again would take the CPU from the
 * other guests. First touch is one pass over the job's part; overwrite runs for five rounds over a
 * part that was written before.
 */
export function jobFile(jobs: readonly Job[], place: JobFilePlace): string {
  let start = place.offset;
  const sections = jobs.flatMap((job, index): Section[] => {
    const part = { filename: place.file, offset: start, size: job.size };
    start += job.size;
    const barrier = barrierOf(place.folder, index);
    const log = logOf(job, place.folder, index);
    return [
      ...(job.touch === 'overwrite' ? [preconditionSection(index, part)] : []),
      ...(job.rate === undefined
        ? [measuredSection(job, { ...part, ...log, exec_prerun: barrier }, index)]
        : arrivalSections(job, {
            ...{ index, barrier, name: sectionName(job, index), seed: place.seed },
            options: { ...part, ...measuredTime(job), ...log },
          })),
    ];
  });
  const common = {
    ...{ ioengine: 'libaio', direct: 1, per_job_logs: 0 },
    // fio would read the CPU's counter itself, which is not dependable under emulation.
    clocksource: 'clock_gettime',
  };
  return [{ name: 'global', options: common }, ...sections].map(section).join('\n');
}

/** What fio calls a job. Names of jobs have no colon, so it cannot be taken for a section of ours. */
export function sectionName({ name }: Pick<Job, 'name'>, index: number): string {
  return `job:${index}:${name}`;
}

/** Seconds that a job runs at least. */
export function leastRuntime(job: Job): number {
  return (job.touch === 'overwrite' ? job.round * rounds : 0) + rampTime(job);
}

/** Length of one entry of the bandwidth log, in seconds. Of arrivals it only tells the beginning. */
export function logInterval({ rate }: Pick<Job, 'rate'>): number {
  return rate === undefined ? 0.05 : 0.2;
}

export function isMixed({ rw }: Pick<Job, 'rw'>): boolean {
  return rw === 'rw' || rw === 'randrw';
}

/** fio's streams of arrivals all begin with a request at once, which is no part of the process. */
function rampTime({ rate }: Job): number {
  return rate === undefined ? 0 : 0.5;
}

function measuredTime(job: Job): Options {
  if (job.touch === 'first') return {};
  const ramp = rampTime(job);
  return {
    ...{ time_based: 1, runtime: milliseconds(job.round * rounds) },
    ...(ramp > 0 && { ramp_time: milliseconds(ramp) }),
  };
}

function measuredSection(job: Job, options: Options, index: number): Section {
  const { rw, bs, iodepth } = job;
  return {
    name: sectionName(job, index),
    options: {
      ...{ stonewall: undefined, rw, bs, iodepth },
      ...(isMixed(job) && { rwmixread: job.readShare }),
      ...measuredTime(job),
      ...options,
    },
  };
}

function logOf(job: Job, folder: string, index: number): Options {
  const interval = logInterval(job) * 1000;
  return {
    write_bw_log: `${folder}/${index}`,
    ...{ log_avg_msec: interval, bwavgtime: interval, log_unix_epoch: 1 },
  };
}

/**
 * The pipe is opened both ways, so that it has a reader from the moment of arrival on. A semicolon
 * would begin a comment here.
 */
function barrierOf(folder: string, index: number): string {
  const { go, arrived } = filesIn(folder);
  return `exec 3<>${quote(go(index))} && touch ${quote(arrived(index))} && read line <&3`;
}

/** Writes every block of the part once, so that what follows overwrites. */
function preconditionSection(index: number, part: Options): Section {
  return {
    name: `precondition:${index}`,
    options: { stonewall: undefined, ...part, rw: 'write', bs: 2 ** 20, iodepth: 4 },
  };
}

function milliseconds(seconds: number): string {
  return `${String(Math.round(seconds * 1000))}ms`;
}
