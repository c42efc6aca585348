import { setTimeout as sleep } from 'node:timers/promises';
import type {
  GuestControl,
  GuestOutput,
  GuestProcess,
} from '../../../../platform/guest/control/control.ts';
import type { Job } from '../options.ts';
import { parseBandwidthLog, type LogEntry } from './bandwidth-log.ts';
import { files, folder, leastRuntime, sectionName } from './job-file.ts';
import { parseFioOutput, type FioResult } from './output.ts';

/** One guest's part in all jobs. Times of the logs are the guest's wall clock. */
export interface GuestRun {
  version: string;
  /** In the order of the jobs. */
  results: FioResult[];
  logs: LogEntry[][];
  /** fio's own output, to be kept. */
  raw: string;
}

/** Seconds for what is left of a distribution's boot when its service answers. */
const bootTimeout = 300;
const setUpTimeout = 60;
const slowestBytesPerSecond = 200_000;
/** Seldom: each look takes some CPU from the guest that is being measured. */
const lookInterval = 0.1;

const noFio = 127;
const requireFio = `command -v fio > /dev/null || exit ${noFio}`;
/** The micro guest has no systemd, and its boot is over. A unit that failed is not our matter. */
const untilBooted =
  'command -v systemctl > /dev/null && systemctl is-system-running --wait > /dev/null';

/**
 * Runs the jobs in every guest, each from a barrier: only when the job is set up in all guests are
 * they let go.
 * @param jobText the job file
 * @throws Error that names the guest and says what fio said, or that there is no fio
 */
export async function runJobs(
  guests: readonly GuestControl[],
  jobs: readonly Job[],
  jobText: string,
  signal: AbortSignal,
): Promise<GuestRun[]> {
  const pipes = jobs.map((_, index) => files.go(index)).join(' ');
  const prepare = `${requireFio}\n${untilBooted}\nrm -rf ${folder} && mkdir ${folder} && mkfifo ${pipes}`;
  const start = `cd ${folder} && exec fio --output-format=json+ --output=${files.report} ${files.job}`;
  const programs = await everyGuest(guests, async (guest) => {
    const prepared = await guest.run(['sh', '-c', prepare], { signal, timeout: bootTimeout });
    if (prepared.code === noFio) {
      throw new Error('the image has no fio: install it there, or measure creation only');
    }
    requireSuccess(prepared);
    await guest.writeFile(files.job, jobText);
    return guest.start(['sh', '-c', start]);
  });
  for (const [index, job] of jobs.entries()) {
    await everyGuest(guests, (guest, which) =>
      untilArrived(guest, programs[which] as GuestProcess, job, files.arrived(index), signal),
    );
    await everyGuest(guests, (guest) => guest.writeFile(files.go(index), 'go\n'));
    await sleep(leastRuntime(job) * 1000, undefined, { signal });
  }
  return everyGuest(guests, async (guest, which) => {
    const program = programs[which] as GuestProcess;
    requireSuccess(await program.wait({ timeout: timeLimit(jobs), signal }));
    const raw = (await guest.readFile(files.report)).toString();
    const logs = [];
    for (const index of jobs.keys()) {
      logs.push(parseBandwidthLog((await guest.readFile(files.bandwidthLog(index))).toString()));
    }
    const { version, results } = parseFioOutput(raw, jobs.map(sectionName));
    return { version, results, logs, raw };
  });
}

/** Waits until fio stands at the barrier of a job, or has ended before. */
async function untilArrived(
  guest: GuestControl,
  program: GuestProcess,
  job: Job,
  arrived: string,
  signal: AbortSignal,
): Promise<void> {
  const limit = timeLimit([job]);
  const deadline = performance.now() + limit * 1000;
  while (!(await guest.exists(arrived))) {
    const ended = await program.poll();
    if (ended) throw new Error(`${job.name}: ${failureText(ended)}`);
    if (performance.now() > deadline) {
      throw new Error(`${job.name}: fio was not set up within ${limit.toFixed(0)} s`);
    }
    await sleep(lookInterval * 1000, undefined, { signal });
  }
}

/** Seconds after which something must be wrong. */
function timeLimit(jobs: readonly Job[]): number {
  const each = jobs.map((job) => leastRuntime(job) * 2 + (2 * job.size) / slowestBytesPerSecond);
  return setUpTimeout + each.reduce((sum, seconds) => sum + seconds, 0);
}

function requireSuccess(output: GuestOutput): void {
  if (output.code !== 0) throw new Error(failureText(output));
}

function failureText({ code, stdout, stderr }: GuestOutput): string {
  const last = (stderr.trim() || stdout.trim()).split('\n').at(-1) ?? '';
  return `fio ended with code ${code}${last === '' ? '' : `: ${last}`}`;
}

async function everyGuest<T>(
  guests: readonly GuestControl[],
  act: (guest: GuestControl, index: number) => Promise<T>,
): Promise<T[]> {
  return Promise.all(
    guests.map(async (guest, index) => {
      try {
        return await act(guest, index);
      } catch (error) {
        throw new Error(`guest ${index}: ${(error as Error).message}`, { cause: error });
      }
    }),
  );
}
