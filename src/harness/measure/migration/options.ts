import { z } from 'zod';
import { duration } from '../../../base/yaml/quantities.ts';

/** Live migration, watched by five observers. */
export const migrationOptions = z
  .strictObject({
    window: duration
      .default(2)
      .describe('Least length of the control window before, in which nothing happens.'),
    settle: duration.default(1).describe('Watched after the guest has answered on the target.'),
    timeout: duration
      .default(30)
      .describe('A migration that has not switched over by then has not converged.'),
    rate: z.int().min(10).max(10_000).default(1000).describe('Probes of the network a second.'),
    limit: duration
      .optional()
      .describe(
        'A request that takes longer is lost work; by default three times the p99 of the control window, at least 50 ms.',
      ),
    witness: z
      .union([z.literal(false), z.strictObject({ rate: z.int().min(1).max(10_000).default(200) })])
      .prefault({})
      .describe(
        'Numbered writes a second, synced and acknowledged one by one, checked afterwards.',
      ),
    calibration: z
      .union([
        z.literal(false),
        z.strictObject({
          pause: duration.default(0.2),
          times: z.int().min(1).max(100).default(1),
        }),
      ])
      .prefault({})
      .describe('Known pauses before the migration: the error of each observer.'),
  })
  .describe('Live migration from the first host to the second, watched from the third.');
export type MigrationOptions = z.infer<typeof migrationOptions>;
