import { z } from 'zod';
import { bytes, duration } from '../../base/yaml/quantities.ts';

/** What guests do while something is measured. */
export const loadSchema = z
  .strictObject({
    memory: z
      .strictObject({
        workingSet: bytes
          .default(64 * 2 ** 20)
          .describe('Bytes of memory that are dirtied again and again, at the rate of dirtyRate.'),
        incompressible: z
          .boolean()
          .default(true)
          .describe('Fill pages with noise; false: change one word of each.'),
      })
      .prefault({})
      .describe('The program that dirties memory, where the level dirtyRate is above 0.'),
    http: z
      .union([
        z.literal(false),
        z.strictObject({
          rate: z.int().min(1).max(10_000).default(100).describe('Requests a second.'),
          timeout: duration.default(2).describe('After which a request counts as not answered.'),
        }),
      ])
      .prefault({})
      .describe('Open-loop requests to the HTTP service of the guest: lost work and latency.'),
    fio: z
      .strictObject({
        rw: z.enum(['read', 'write', 'randread', 'randwrite', 'rw', 'randrw']),
        bs: bytes.default(4096),
        iodepth: z.int().min(1).max(1024).default(4),
        size: bytes.default(16 * 2 ** 20),
        rate: bytes.optional().describe('Bytes a second at most.'),
      })
      .optional()
      .describe('fio on a part of the disk of its own, in a loop.'),
  })
  .prefault({})
  .describe('What guests do while something is measured.');
export type Load = z.infer<typeof loadSchema>;
