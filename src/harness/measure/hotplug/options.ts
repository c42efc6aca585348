import { z } from 'zod';
import { duration } from '../../../base/yaml/quantities.ts';

/** Devices of a running guest. */
export const hotplugOptions = z
  .strictObject({
    rounds: z
      .int()
      .min(1)
      .max(100)
      .default(3)
      .describe('How often it is done in one guest; between, it is undone.'),
    timeout: duration
      .default(20)
      .describe('A guest that has not seen it by then has refused: a result, no failure.'),
  })
  .describe(
    'What comes into a running guest, or goes out of it (levels device, direction, amount): until the call returns, and until the guest sees it.',
  );
export type HotplugOptions = z.infer<typeof hotplugOptions>;
