import { z } from 'zod';
import { duration } from '../../../base/yaml/quantities.ts';

/** A physical machine that becomes a guest, asked from outside all the while. */
export const p2vOptions = z
  .strictObject({
    service: z
      .union([
        z.literal('own'),
        z.strictObject({
          port: z.int().min(1).max(65_535).default(80),
          page: z
            .string()
            .regex(/^\/[!-~]{0,149}$/, 'expected a path of at most 150 characters, without spaces')
            .default('/')
            .describe('A page that answers with status 200.'),
        }),
      ])
      .default('own')
      .describe(
        'What is asked: own brings a small web service and a write witness, which start with the machine (labs only); or a web service that the machine has.',
      ),
    rate: z.int().min(1).max(1000).default(50).describe('Requests a second.'),
    window: duration
      .default(5)
      .describe('Watched before, in which nothing happens: the floor, and what slow means.'),
    settle: duration.default(3).describe('Watched after the conversion is done.'),
    budget: duration
      .default(1)
      .describe('Warm methods: what copying the rest of the disk may take in the outage.'),
    verify: z
      .boolean()
      .default(true)
      .describe(
        'Compares checksums of both disks as they were at the cut-over, and checks the file systems of the copy, after what is measured.',
      ),
    timeout: duration
      .default(3600)
      .describe('A conversion that is not done by then is given up, the machine going on.'),
    witness: z
      .strictObject({ rate: z.int().min(1).max(1000).default(20) })
      .prefault({})
      .describe('Numbered writes a second of the own service, synced and acknowledged one by one.'),
  })
  .describe('Conversion of a machine into a guest of the first host (P2V).');
export type P2vOptions = z.infer<typeof p2vOptions>;
