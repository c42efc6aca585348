import { z } from 'zod';
import { bytes, duration, identifier } from '../../../base/yaml/quantities.ts';

/** One fio job, run in every guest of the trial at once, on a part of the disk of its own. */
export const jobSchema = z
  .strictObject({
    name: identifier.describe('Name of the job in tables and pictures.'),
    rw: z
      .enum(['read', 'write', 'randread', 'randwrite', 'rw', 'randrw'])
      .describe("Pattern, in fio's words."),
    readShare: z
      .number()
      .min(1)
      .max(99)
      .default(50)
      .describe('Percentage of reads of the mixed patterns rw and randrw.'),
    bs: bytes.default(4096).describe('Block size.'),
    iodepth: z
      .int()
      .min(1)
      .max(1024)
      .default(8)
      .describe(
        'Requests in flight. With rate, of Poisson arrivals: independent streams, each with one request in flight at most; take several times rate × latency.',
      ),
    rate: z
      .int()
      .min(1)
      .max(100_000)
      .optional()
      .describe(
        'Requests a second of each guest, which come whether or not the storage keeps up (random patterns, overwrite). Absent: each next request comes when one is done.',
      ),
    arrivals: z
      .enum(['poisson', 'linear'])
      .default('poisson')
      .describe('How requests of a rate come: at random (a Poisson process), or evenly.'),
    size: bytes.default(16 * 2 ** 20).describe('How much of the disk the job works on.'),
    touch: z
      .enum(['first', 'overwrite'])
      .default('overwrite')
      .describe(
        'first: one pass over blocks that the guest has never written (a clone fetches or copies them). ' +
          'overwrite: the part is written once before, then measured for five rounds.',
      ),
    round: duration
      .default(1)
      .describe('Length of one of the five rounds of the steady-state rule (overwrite only).'),
  })
  .describe('A fio job.');
export type Job = z.infer<typeof jobSchema>;

export const guestIoOptions = z
  .strictObject({
    jobs: z.array(jobSchema).min(1).max(64).describe('Run in this order.'),
    host: z
      .boolean()
      .default(false)
      .describe(
        "Whether the overwrite jobs run on the guests' hosts too, while the guests are idle, on files of the same storage (as large as the jobs, one for each guest): what virtualization costs.",
      ),
  })
  .describe('fio inside the guests, all of them from one barrier.');
export type GuestIoOptions = z.infer<typeof guestIoOptions>;
