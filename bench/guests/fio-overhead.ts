import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../src/base/stats/random.ts';
import { ratioInterval } from '../../src/base/stats/ratio-interval.ts';
import {
  jobFile,
  leastRuntime,
  sectionName,
} from '../../src/harness/measure/guest-io/fio/job-file.ts';
import { guestPlace, type FioPlace } from '../../src/harness/measure/guest-io/fio/place.ts';
import { parseFioOutput, type FioResult } from '../../src/harness/measure/guest-io/fio/output.ts';
import { runJobs } from '../../src/harness/measure/guest-io/fio/run-jobs.ts';
import { jobSchema } from '../../src/harness/measure/guest-io/options.ts';
import type { GuestControl } from '../../src/platform/guest/control/control.ts';
import { hypervisorNamed } from '../../src/platform/hypervisor/index.ts';
import { createGuest } from '../../src/platform/operations/create.ts';
import { cacheDirectory } from '../../src/platform/guest/image/cache.ts';
import { thisMachine } from '../../src/platform/remote/this-machine.ts';
import type { Benchmark } from '../benchmark.ts';
import { compared } from '../figures/compared.ts';
import { within } from '../figures/goal.ts';
import { prepareGuestBed } from './guest-bed.ts';
import { handJobFile } from './hand-job-file.ts';
import { intervalText } from '../figures/interval-text.ts';
import { interleavedPairs } from '../figures/pairs.ts';
import { pairsNeeded, pilotPairs } from './pairs-needed.ts';

const low = 0.97;
const high = 1.03;
const job = jobSchema.parse({ name: 'randread', rw: 'randread', size: 16 * 2 ** 20, round: 0.4 });
const folder = '/run/vg-by-hand';
/** Seconds in which fio has started and written its part, under emulation too. */
const beforehand = 2;

/** Throughput of one job, run by the harness and by hand, by turns in the same guest. */
export const fioOverhead: Benchmark = {
  name: 'fio-overhead',
  about: 'throughput of fio through the harness; the other: fio by hand in the same guest',
  async run(context) {
    const { signal, progress } = context;
    const bed = await prepareGuestBed(context, job.size);
    const { guest } = await createGuest(
      { host: thisMachine(cacheDirectory(process.env)), hypervisor: hypervisorNamed('qemu') },
      await bed.request('guest'),
      signal,
    );
    try {
      const { control } = guest;
      const place = guestPlace(0, guest, bed.dataOffset, 1);
      const text = handJobFile(jobFile([job], place));
      const sides = {
        ours: () => byHarness(place, signal),
        other: () => byHand(control, text, signal),
      };
      // The first pass touches blocks of the clone that nobody has written yet.
      await sides.ours();
      await sides.other();
      const begun = performance.now();
      const pilot = await interleavedPairs(Math.min(pilotPairs, context.pairs ?? Infinity), sides);
      const eachTakes = (performance.now() - begun) / 1000 / pilot.length;
      const count = context.pairs ?? pairsNeeded(pilot, eachTakes);
      progress(`${count} pairs, about ${((count * eachTakes) / 60).toFixed(0)} min in all`);
      const pairs = [...pilot, ...(await interleavedPairs(count - pilot.length, sides))];
      const interval = ratioInterval(
        pairs.map(({ ours, other }) => [{ baseline: other, other: ours }]),
        { random: seededRandom('fio-overhead') },
      );
      const ratio = intervalText(interval, '×', (value) => value.toFixed(4));
      return [
        {
          name: 'fio-overhead',
          unit: 'MB/s',
          ...compared(pairs, 'ratio'),
          goal: `interval of the ratio inside ${low} to ${high}`,
          outcome: within(interval, { low, high }),
          note: `ratio ${ratio}, ${job.rw} of ${job.bs} bytes under ${bed.accelerator}`,
        },
      ];
    } finally {
      await guest.destroy();
    }
  },
};

async function byHarness(place: FioPlace, signal: AbortSignal): Promise<number> {
  const [run] = await runJobs([place], [job], signal);
  return throughput(run?.results[0]);
}

/** Left alone while it runs, as somebody would who has logged in: asking the guest costs it CPU. */
async function byHand(guest: GuestControl, text: string, signal: AbortSignal): Promise<number> {
  await guest.run(['sh', '-c', `rm -rf ${folder} && mkdir ${folder}`], { signal });
  await guest.writeFile(`${folder}/job`, text);
  const output = `${folder}/report`;
  const fio = await guest.start([
    'sh',
    '-c',
    `cd ${folder} && exec fio --output-format=json+ --output=${output} job`,
  ]);
  await sleep((beforehand + leastRuntime(job)) * 1000, undefined, { signal });
  const { code, stderr } = await fio.wait({ timeout: 120, signal });
  if (code !== 0) throw new Error(`fio by hand ended with code ${code}: ${stderr.trim()}`);
  const report = (await guest.readFile(output)).toString();
  return throughput(parseFioOutput(report, [sectionName(job, 0)]).results[0]);
}

/** MB/s; what the harness records for a single guest. */
function throughput(result: FioResult | undefined): number {
  if (result === undefined) throw new Error('fio reported no job');
  return result.read.bytes / result.read.runtime / 1e6;
}
