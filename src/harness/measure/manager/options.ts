import { z } from 'zod';

/** The manager itself, with agents whose guests are only names. */
export const managerOptions = z
  .strictObject({
    operations: z
      .int()
      .min(10)
      .max(10_000)
      .default(60)
      .describe('Guests that are created one after the other, at the rate.'),
    rate: z
      .number()
      .min(0.1)
      .max(1000)
      .default(5)
      .describe('Of these so many a second, whatever the master answers.'),
    burst: z
      .int()
      .min(1)
      .max(1000)
      .default(40)
      .describe('Guests that are then created at once, for operations a second.'),
  })
  .describe(
    'Operations of the cluster manager against the number of its agents (level agents): latency and rate. Master, agents and operator are this process, over mutual TLS and sealed messages on its loopback; guests are only names. Needs no host.',
  );
export type ManagerOptions = z.infer<typeof managerOptions>;
