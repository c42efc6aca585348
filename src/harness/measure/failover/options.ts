import { z } from 'zod';
import { duration } from '../../../base/yaml/quantities.ts';

/** A host of a cluster of our manager is lost, and its guest comes back on another. */
export const failoverOptions = z
  .strictObject({
    rate: z.int().min(1).max(1000).default(50).describe('Requests a second to the guest.'),
    window: duration
      .default(5)
      .describe('Watched before the host is lost, in which nothing happens: the floor.'),
    settle: duration.default(3).describe('Watched after the manager says that the guest runs.'),
    timeout: duration
      .default(300)
      .describe('A guest that is not back by then has not come back: not converged.'),
    witness: z
      .strictObject({ rate: z.int().min(1).max(1000).default(20) })
      .prefault({})
      .describe('Numbered writes a second of the guest, synced and acknowledged one by one.'),
    program: z
      .string()
      .min(1)
      .max(4000)
      .default('own')
      .describe(
        'virtgauge on the hosts, where it runs the agents: own: this one, at the same path (labs of namespaces); or its name or path there.',
      ),
  })
  .describe(
    'Failover by our manager (levels suspectAfter, fenceAfter): master here, an agent on each host, a guest on shared storage; its host is killed. Needs two hosts or more that can be killed: a lab of namespaces with a shared directory, or powerOff and powerOn in the inventory.',
  );
export type FailoverOptions = z.infer<typeof failoverOptions>;
