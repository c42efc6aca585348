import { z } from 'zod';
import { loadSchema } from '../load/options.ts';
import { crashOptions } from '../measure/crash/options.ts';
import { creationOptions } from '../measure/creation/options.ts';
import { failoverOptions } from '../measure/failover/options.ts';
import { guestIoOptions } from '../measure/guest-io/options.ts';
import { hotplugOptions } from '../measure/hotplug/options.ts';
import { managerOptions } from '../measure/manager/options.ts';
import { migrationOptions } from '../measure/migration/options.ts';
import { noopOptions } from '../measure/noop/options.ts';
import { p2vOptions } from '../measure/p2v/options.ts';
import { sharingOptions } from '../measure/sharing/options.ts';
import { simulationOptions } from '../measure/simulation/options.ts';
import { wireOptions } from '../measure/wire/options.ts';
import { claimsSchema } from './claims/schema.ts';
import { crossedSchema, heldSchema } from './levels.ts';
import { limitsSchema } from './limits.ts';
import { duration, identifier, orderedIdentifier, path } from '../../base/yaml/quantities.ts';

export const storageSchema = z.strictObject({
  kind: z
    .enum(['local', 'lustre', 'moosefs', 'nfs', 'shared-directory'])
    .optional()
    .describe(
      'local: a disk of this host. lustre, moosefs, nfs: a directory on such a mount. ' +
        'shared-directory: any directory that all hosts see. ' +
        'By default what the inventory says of the storage of that name; without an inventory ' +
        'local for the one called local, else shared-directory.',
    ),
  path: path
    .optional()
    .describe(
      "Directory to work in; by default that of the inventory, else one under virtgauge's own cache.",
    ),
});
export type StorageSpec = z.infer<typeof storageSchema>;

export const guestSchema = z.strictObject({
  image: path
    .default('micro')
    .describe('micro: the small guest that is built here; or the path of a cloud image.'),
  kernel: path
    .optional()
    .describe('Path of a kernel (bzImage) for the micro guest, instead of the downloaded one.'),
  domain: path
    .optional()
    .describe(
      'Path of a libvirt domain XML whose machine the guests get: its CPUs, memory and devices, with our disk, network and console. hypervisor: libvirt only.',
    ),
  bootTimeout: duration.default(60).describe('A guest that has not answered by then has failed.'),
});

export const measureSchema = z
  .strictObject({
    noop: noopOptions.optional(),
    creation: creationOptions.optional(),
    'guest-io': guestIoOptions.optional(),
    migration: migrationOptions.optional(),
    hotplug: hotplugOptions.optional(),
    crash: crashOptions.optional(),
    p2v: p2vOptions.optional(),
    failover: failoverOptions.optional(),
    sharing: sharingOptions.optional(),
    manager: managerOptions.optional(),
    wire: wireOptions.optional(),
    simulation: simulationOptions.optional(),
  })
  .refine((measure) => Object.values(measure).some((options) => options !== undefined), {
    message:
      'expected at least one of noop, creation, guest-io, migration, hotplug, crash, p2v, failover, sharing, manager, wire, simulation',
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

/**
 * A scenario: what to vary, what to hold, what to measure, how often. Read one by `loadScenario` or
 * `restoreScenario`: the schema alone forgets the order of the factors.
 */
export const scenarioSchema = z.strictObject({
  $schema: z.string().optional().describe('Schema for editors; ignored.'),
  name: identifier.describe('Becomes part of the run id.'),
  description: z.string().max(2000).optional().describe('What question it answers.'),
  hosts: path
    .optional()
    .describe(
      'Path of an inventory of hosts, lab, lab:NAME, slurm (the nodes of the allocation), or slurm:FILE; by default this machine. --hosts wins.',
    ),
  storages: z
    .record(orderedIdentifier, storageSchema)
    .default({})
    .describe('Name → storage; the first is the default.'),
  guest: guestSchema.prefault({}).describe('What runs inside, and how long it may take to start.'),
  fixed: heldSchema.default({}).describe('Levels held in every arm.'),
  factors: crossedSchema
    .default({})
    .describe('Levels crossed: every combination is an arm; the first of each is the baseline.'),
  exclude: z
    .array(
      heldSchema.refine((levels) => Object.keys(levels).length > 0, {
        message: 'expected at least one factor with a level',
      }),
    )
    .max(1000)
    .default([])
    .describe('Arms to leave out: those that have all the levels named here.'),
  measure: measureSchema.describe('What to measure in every trial.'),
  load: loadSchema,
  limits: limitsSchema.optional(),
  claims: claimsSchema.optional(),
  sentinel: z
    .enum(['auto', 'on', 'off'])
    .default('auto')
    .describe(
      'A short job on the storage before and after each trial, by which the load of others is seen; ' +
        'trials that it touched are repeated at the end, at most one in five. auto: on storages that ' +
        'hosts share. Never on those while trials are done at once (--parallel).',
    ),
  repeat: repeatSchema.prefault({}).describe('How often.'),
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
