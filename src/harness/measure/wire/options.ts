import { z } from 'zod';
import { bytes, duration } from '../../../base/yaml/quantities.ts';

/** What protecting the manager's messages costs. */
export const wireOptions = z
  .strictObject({
    duration: duration
      .default(2)
      .describe('For which messages go back and forth, one after the other.'),
    warmUp: duration.default(1).describe('The same before it, of which nothing counts.'),
    size: bytes.default(1300).describe('Size of the message, before it is protected.'),
  })
  .describe(
    'Messages of the cluster manager and their answers, by how they are protected (level protection): latency, and messages a second on one core. Both ends are this process, over its loopback. Needs no host.',
  );
export type WireOptions = z.infer<typeof wireOptions>;
