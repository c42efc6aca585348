import { setTimeout as sleep } from 'node:timers/promises';
import type { GuestOutput, GuestProcess } from '../../../../platform/guest/control/control.ts';
import { quote } from '../../../../platform/remote/ssh/quote.ts';
import type { Job } from '../options.ts';
import { parseBandwidthLog, type LogEntry } from './bandwidth-log.ts';
import { filesIn, jobFile, leastRuntime, sectionName } from './job-file.ts';
import { parseFioOutput, type FioResult } from './output.ts';
import { bootTimeout, noFio, type FioPlace } from './place.ts';

/** One fio's part in all jobs. Times of the logs are the wall clock of where it ran. */
export interface FioRun {
  version: string;
  /** In the order of the jobs. */
  results: FioResult[];
  logs: LogEntry[][];
  /** fio's own output, to be kept. */
  raw: string;
}

const setUpTimeout = 60;
const slowestBytesPerSecond = 200_000;
/** Seldom: each look takes some CPU from the guest that is being measured. */
const lookInterval = 0.1;

/**
 * Runs the jobs in every place, each from a barrier: only when the job is set up everywhere are they
 * let go.
 * @throws Error that names the place and says what fio said, or that there is no fio
 */
export async function runJobs(
  places: readonly FioPlace[],
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<FioRun[]> {
  const programs = await everywhere(places, async (place) => {
    const { control, folder } = place;
    const files = filesIn(folder);
    const [own, ...pipes] = [folder, ...jobs.map((_, index) => files.go(index))].map(quote);
    const prepare = `${place.prepare}\nrm -rf ${own} && mkdir ${own} && mkfifo ${pipes.join(' ')}`;
    const prepared = await control.run(['sh', '-c', prepare], { signal, timeout: bootTimeout });
    if (prepared.code === noFio) {
      throw new Error(place.withoutFio);
    }
    requireSuccess(prepared);
    await control.writeFile(files.job, jobFile(jobs, place));
    const start = `cd ${own} && exec fio --output-format=json+ --output=${quote(files.report)} ${quote(files.job)}`;
    return control.start(['sh', '-c', start]);
  });
  for (const [index, job] of jobs.entries()) {
    await everywhere(places, (place, which) =>
      untilArrived(place, programs[which] as GuestProcess, job, index, signal),
    );
    await everywhere(places, ({ control, folder }) =>
      control.writeFile(filesIn(folder).go(index), 'go\n'),
    );
    await sleep(leastRuntime(job) * 1000, undefined, { signal });
  }
  return everywhere(places, async ({ control, folder }, which) => {
    const program = programs[which] as GuestProcess;
    const files = filesIn(folder);
    requireSuccess(await program.wait({ timeout: timeLimit(jobs), signal }));
    const raw = (await control.readFile(files.report)).toString();
    const logs = [];
    for (const index of jobs.keys()) {
      const log = (await control.readFile(files.bandwidthLog(index))).toString();
      logs.push(parseBandwidthLog(log));
    }
    const { version, results } = parseFioOutput(raw, jobs.map(sectionName));
    return { version, results, logs, raw };
  });
}

/** Waits until fio stands at the barrier of a job, or has ended before. */
async function untilArrived(
  { control, folder }: FioPlace,
  program: GuestProcess,
  job: Job,
  index: number,
  signal: AbortSignal,
): Promise<void> {
  const arrived = filesIn(folder).arrived(index);
  const limit = timeLimit([job]);
  const deadline = performance.now() + limit * 1000;
  while (!(await control.exists(arrived))) {
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

async function everywhere<T>(
  places: readonly FioPlace[],
  act: (place: FioPlace, index: number) => Promise<T>,
): Promise<T[]> {
  return Promise.all(
    places.map(async (place, index) => {
      try {
        return await act(place, index);
      } catch (error) {
        throw new Error(`${place.name}: ${(error as Error).message}`, { cause: error });
      }
    }),
  );
}
