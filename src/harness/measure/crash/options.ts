import { z } from 'zod';
import { duration } from '../../../base/yaml/quantities.ts';

/** Power cuts under a write witness. */
export const crashOptions = z
  .strictObject({
    rate: z
      .int()
      .min(1)
      .max(10_000)
      .default(200)
      .describe('Numbered writes a second, synced and acknowledged one by one.'),
    earliest: duration
      .default(2)
      .describe('The power is cut at the soonest so long after the first.'),
    latest: duration.default(8).describe('And at the latest so long; when between, is drawn.'),
  })
  .refine(({ earliest, latest }) => earliest < latest, {
    path: ['latest'],
    message: 'expected a time after earliest',
  })
  .describe(
    'What a power cut loses: the power of the host is cut at a random moment, and acknowledged writes are looked for in the image.',
  );
export type CrashOptions = z.infer<typeof crashOptions>;
