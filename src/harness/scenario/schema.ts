import { z } from 'zod';
import { creationOptions } from '../measure/creation/options.ts';
import { guestIoOptions } from '../measure/guest-io/options.ts';
import { noopOptions } from '../measure/noop/options.ts';
import { bytes, duration, identifier } from './quantities.ts';

/** What may be held (`fixed`) or crossed (`factors`), with the default where it is neither. */
export const levelsSchema = z.strictObject({
  hypervisor: z.enum(['qemu']).default('qemu').describe('What runs the guests.'),
  accelerator: z
    .enum(['auto', 'kvm', 'tcg'])
    .default('auto')
    .describe('auto: the faster of those that start a guest here, found by a probe.'),
  storage: identifier.optional().describe('Name of one of the storages; the first by default.'),
  provisioning: z
    .enum(['copy', 'clone', 'reflink'])
    .default('clone')
    .describe(
      'How a guest gets its disk: a full copy, a qcow2 with a backing file, or a reflink copy.',
    ),
  format: z.enum(['qcow2', 'raw']).default('qcow2').describe('Image format. A clone is qcow2.'),
  durability: z
    .enum(['synced', 'buffered'])
    .default('synced')
    .describe('Whether creation waits until the disk is on stable storage.'),
  guests: z.int().min(1).max(1024).default(1).describe('Guests created at once in a trial.'),
  cache: z
    .enum(['none', 'writeback', 'writethrough', 'directsync', 'unsafe'])
    .default('none')
    .describe("QEMU's cache mode for the disk."),
  aio: z.enum(['threads', 'native', 'io_uring']).default('threads').describe("QEMU's aio backend."),
  machine: z.enum(['pc', 'q35']).default('pc').describe('Machine type.'),
  cpu: identifier.default('max').describe('CPU model.'),
  vcpus: z.int().min(1).max(1024).default(1).describe('Virtual CPUs of a guest.'),
  memory: bytes.default(256 * 2 ** 20).describe("Memory of a guest."),
  hugepages: z.boolean().default(false).describe("Back the guest's memory by huge pages."),
  iothread: z.boolean().default(false).describe('Give the disk an I/O thread of its own.'),
  queues: z.int().min(1).max(256).default(1).describe('Queues of the disk.'),
  pin: z
    .string()
    .regex(/^(none|\d+(-\d+)?(,\d+(-\d+)?)*)$/, 'expected none or CPUs such as 0-3,6')
    .default('none')
    .describe('Host CPUs on which vCPUs are pinned, in turn.'),
  network: z
    .string()
    .regex(/^(user|bridge:[A-Za-z0-9_.-]{1,15})$/, 'expected user or bridge:NAME')
    .default('user')
    .describe("user: QEMU's user networking; bridge:NAME: a tap on an existing bridge (root)."),
});
/** The levels of one arm, complete: what a measurement gets. */
export type Levels = z.infer<typeof levelsSchema> & { storage: string };

export const storageSchema = z.strictObject({
  kind: z
    .enum(['local', 'shared-directory'])
    .describe('local: a disk of this host. shared-directory: any directory that all hosts see.'),
  path: z
    .string()
    .min(1)
    .optional()
    .describe("Directory to work in; by default one under virtgauge's own cache."),
});
export type StorageSpec = z.infer<typeof storageSchema>;

export const guestSchema = z.strictObject({
  image: z
    .string()
    .min(1)
    .default('micro')
    .describe('micro: the small guest that is built here; or the path of a cloud image.'),
  kernel: z
    .string()
    .min(1)
    .optional()
    .describe('Path of a kernel (bzImage) for the micro guest, instead of the downloaded one.'),
  data: bytes
    .optional()
    .describe('Incompressible bytes in the template, on top of what the measurements need.'),
  bootTimeout: duration.default(60).describe('A guest that has not answered by then has failed.'),
});

export const measureSchema = z
  .strictObject({
    noop: noopOptions.optional(),
    creation: creationOptions.optional(),
    'guest-io': guestIoOptions.optional(),
  })
  .refine((measure) => Object.values(measure).some((options) => options !== undefined), {
    message: 'expected at least one of noop, creation, guest-io',
  });

export const repeatSchema = z.strictObject({
  trials: z
    .union([z.int().min(1).max(100_000), z.literal('auto')])
    .default('auto')
    .describe('Trials of each arm; auto: fixed from a pilot.'),
  pilot: z.int().min(3).max(100).default(5).describe('Trials of each arm in the pilot.'),
  precision: z
    .number()
    .min(0.001)
    .max(1)
    .default(0.05)
    .describe('Half width of the interval that auto aims at, as a share of the median.'),
  most: z.int().min(6).max(100_000).default(50).describe('Trials of each arm that auto may plan.'),
});

/** A scenario: what to vary, what to hold, what to measure, how often. */
export const scenarioSchema = z.strictObject({
  $schema: z.string().optional(),
  name: identifier.describe('Becomes part of the run id.'),
  description: z.string().max(2000).optional().describe('What question it answers.'),
  storages: z.record(identifier, storageSchema).default({}).describe('Name → storage.'),
  guest: guestSchema.prefault({}),
  fixed: levelsSchema.partial().default({}).describe('Levels held in every arm.'),
  factors: z
    .strictObject(
      Object.fromEntries(
        Object.entries(levelsSchema.shape).map(([name, level]) => [
          name,
          z.array(level.unwrap()).min(1).max(1000).optional(),
        ]),
      ),
    )
    .default({})
    .describe('Levels crossed: every combination is an arm; the first of each is the baseline.'),
  exclude: z
    .array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])))
    .default([])
    .describe('Arms to leave out: those that have all the levels named here.'),
  measure: measureSchema,
  repeat: repeatSchema.prefault({}),
  seed: z
    .union([
      z.string().regex(/^[0-9a-f]{1,16}$/, 'expected 1 to 16 hexadecimal digits'),
      z.int().min(0),
    ])
    .transform(String)
    .optional()
    .describe('Decides the order of trials and the resampling; random by default.'),
});
export type Scenario = z.infer<typeof scenarioSchema>;
