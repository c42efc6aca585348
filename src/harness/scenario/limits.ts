import { z } from 'zod';
import { duration } from '../../base/yaml/quantities.ts';

const latency = (percentile: string) =>
  duration
    .describe(`The ${percentile}th percentile of completion latency may be so long at most.`)
    .optional();

/** The figures that a storage has to hold, for capacity: how many guests does it carry? */
export const limitsSchema = z
  .strictObject({
    p50: latency('50'),
    p75: latency('75'),
    p90: latency('90'),
    p95: latency('95'),
    p99: latency('99'),
    'p99.9': latency('99.9'),
    aggregate: z
      .union([
        z.number().gt(0).max(1),
        z
          .string()
          .regex(/^\d{1,2}(\.\d+)?%$/)
          .transform((text) => Number(text.slice(0, -1)) / 100),
      ])
      .describe(
        'Share of the rate asked of all guests together (rate-limited jobs) that has to be achieved, such as 0.95 or 95%.',
      )
      .optional(),
    guest: z
      .string()
      .regex(
        /^\d+(\.\d+)? ?([kMGT]?B|[KMGT]iB)?\/s$/,
        'expected bytes or requests a second such as 2MB/s or 300/s',
      )
      .describe('What each guest has to get: 2MB/s, or 300/s for requests.')
      .optional(),
  })
  .describe('What guests need: virtgauge capacity says how many of them get it.');
export type Limits = z.infer<typeof limitsSchema>;
