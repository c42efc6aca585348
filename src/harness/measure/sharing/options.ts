import { z } from 'zod';
import { duration, identifier } from '../../../base/yaml/quantities.ts';

const requests = z.number().positive().max(2000);

const serviceOptions = z.strictObject({
  name: identifier.describe('Its name.'),
  capacity: requests.describe('Requests a second that its own server can do.'),
  load: requests.describe('Requests a second that it is asked for.'),
});

/** Services behind IPVS, one of which is asked for more than it can do. */
export const sharingOptions = z
  .strictObject({
    services: z
      .array(serviceOptions)
      .min(2)
      .max(16)
      .default([
        { name: 'web', capacity: 40, load: 15 },
        { name: 'mail', capacity: 60, load: 10 },
        { name: 'files', capacity: 50, load: 10 },
      ])
      .describe('Each has a guest of its own; the first is overloaded.'),
    overload: requests
      .default(70)
      .describe('Requests a second that the first service is asked for in the overload.'),
    before: duration.default(6).describe('From the start of the load to the overload.'),
    during: duration.default(45).describe('How long the overload is.'),
    after: duration.default(12).describe('From its end to the end of the load.'),
    interval: duration.default(1).describe('Between two looks at the counters of the front.'),
    threshold: z
      .number()
      .min(0.1)
      .max(1)
      .default(0.8)
      .describe('A service that is asked for more than this share of its capacity needs help.'),
    hysteresis: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe('How far below it demand has to fall before help goes back.'),
    limit: duration.default(1).describe('An answer that takes longer is no good.'),
    backlog: duration
      .default(0.6)
      .describe('Who would wait longer than this in a server is refused at once.'),
  })
  .refine(({ hysteresis, threshold }) => hysteresis <= threshold, {
    path: ['hysteresis'],
    message: 'expected at most the threshold',
  })
  .refine(({ services }) => new Set(services.map(({ name }) => name)).size === services.length, {
    path: ['services'],
    message: 'expected each name once',
  })
  .describe(
    'Overload of a service behind IPVS in a guest, and who helps (levels sharing, forwarding): goodput and latency before, during and after, time to relief. Needs hosts whose guests have addresses on one bridge, and guests: one more than services.',
  );
export type SharingOptions = z.infer<typeof sharingOptions>;
