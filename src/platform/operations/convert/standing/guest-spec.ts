import { z } from 'zod';
import type { GuestSpec } from '../../../hypervisor/hypervisor.ts';

const diskSchema = z.strictObject({
  path: z.string(),
  format: z.enum(['raw', 'qcow2']),
  cache: z.enum(['none', 'writeback', 'writethrough', 'directsync', 'unsafe']),
  aio: z.enum(['threads', 'native', 'io_uring']),
  iothread: z.boolean(),
  queues: z.int(),
});

/** A machine as a guest, as a record keeps it: what a later process needs to find it, or to start it. */
export const guestSpecSchema = z.strictObject({
  name: z.string(),
  machine: z.enum(['pc', 'q35']),
  cpu: z.string(),
  accelerator: z.enum(['kvm', 'tcg', 'xen-pv', 'xen-pvh', 'xen-hvm']),
  vcpus: z.int(),
  memory: z.int(),
  hugepages: z.boolean(),
  pin: z.array(z.int()),
  disk: diskSchema,
  moreDisks: z.array(diskSchema).exactOptional(),
  kernel: z
    .strictObject({
      ...{ image: z.string(), initramfs: z.string(), commandLine: z.string() },
      complete: z.literal(true).exactOptional(),
    })
    .exactOptional(),
  firmware: z.strictObject({ code: z.string(), variables: z.string() }).exactOptional(),
  network: z.union([
    z.strictObject({ kind: z.literal('user') }),
    z.strictObject({
      kind: z.literal('bridge'),
      bridge: z.string(),
      address: z.string().exactOptional(),
    }),
  ]),
  mac: z.string(),
  directory: z.string(),
  consoleLog: z.string(),
  environment: z.record(z.string(), z.string()),
}) satisfies z.ZodType<GuestSpec>;
