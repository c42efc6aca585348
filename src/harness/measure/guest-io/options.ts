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
    iodepth: z.int().min(1).max(1024).default(8).describe('Requests in flight.'),
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
  })
  .describe('fio inside the guests, all of them from one barrier.');
export type GuestIoOptions = z.infer<typeof guestIoOptions>;
