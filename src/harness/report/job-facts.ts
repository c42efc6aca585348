import { z } from 'zod';
import { bytesText, durationText } from '../analysis/quantity.ts';
import { guestIoOptions } from '../measure/guest-io/options.ts';

const measuredJobs = z.object({ measure: z.object({ 'guest-io': guestIoOptions }) });

/** What each fio job did: `fio job randread`, and the rest in words. */
export function jobFacts(scenario: Record<string, unknown>): [string, string][] {
  const { data } = measuredJobs.safeParse(scenario);
  const jobs = data?.measure['guest-io'].jobs ?? [];
  return jobs.map(({ name, rw, readShare, bs, iodepth, rate, arrivals, size, touch, round }) => [
    `fio job ${name}`,
    [
      rw === 'rw' || rw === 'randrw' ? `${rw} with ${readShare} % reads` : rw,
      `blocks of ${bytesText(bs)}`,
      rate === undefined
        ? `${iodepth} in flight`
        : `${rate} requests a second of each guest (${arrivals === 'poisson' ? 'Poisson' : 'even'} arrivals), at most ${iodepth} in flight`,
      `on ${bytesText(size)} of the disk`,
      touch === 'first'
        ? 'first touch, one pass'
        : `overwrite, five rounds of ${durationText(round)}`,
    ].join(', '),
  ]);
}
