import { z } from 'zod';
import { importedSchema } from './provenance.ts';

/**
 * The one schema by which results are written and read. Raise the version when a reader of the old
 * shape would misread the new one.
 */
export const schemaVersion = 1;

/** The value of one factor in one arm. */
export const levelSchema = z.union([z.string(), z.number(), z.boolean()]);
export type Level = z.infer<typeof levelSchema>;

/** One combination of levels: factor name → level. Only the crossed factors, in scenario order. */
export const armSchema = z.record(z.string(), levelSchema);
export type Arm = z.infer<typeof armSchema>;

/** Where a datum comes from. Shown with it everywhere. */
export const kindSchema = z.enum(['measured', 'simulated', 'imported', 'reconstructed']);
export type Kind = z.infer<typeof kindSchema>;

/** One line of `samples.ndjson`. */
export const sampleSchema = z.strictObject({
  /** Name such as `creation.total`; its unit, title and direction stand in `run.json`. */
  metric: z.string(),
  value: z.number(),
  /** `s`, `B/s`, `1/s`, `ratio`, … (SI base units; bytes, not bits). */
  unit: z.string(),
  arm: armSchema,
  /** Number of the trial in the run, from 0. */
  trial: z.int(),
  kind: kindSchema,
  /** Seconds since the run began, on the controller's monotonic clock. */
  at: z.number(),
  /** Index of the guest in its trial, from 0; absent for a figure of the whole trial. */
  guest: z.int().optional(),
  /** Repetition inside one guest, from 0. */
  iteration: z.int().optional(),
  /** Name of the I/O job. */
  job: z.string().optional(),
  /** Percentile of a distribution, in percent: 50, 99, 99.9. */
  percentile: z.number().optional(),
  /** Phase of an operation. */
  phase: z.string().optional(),
  /** Who saw it. */
  observer: z.string().optional(),
});
export type Sample = z.infer<typeof sampleSchema>;

/** One line of `trials.ndjson`, written after the samples of the trial. */
export const trialSchema = z.strictObject({
  trial: z.int(),
  /** Number of the interleaved block, from 0; every block holds each arm once. */
  block: z.int(),
  arm: armSchema,
  state: z.enum(['completed', 'not-converged', 'failed', 'skipped', 'aborted']),
  /** Seconds since the run began. */
  startedAt: z.number(),
  /** Seconds. */
  duration: z.number(),
  /** Names of the hosts that it took. */
  hosts: z.array(z.string()).optional(),
  /** Set where the storage was slower or faster meanwhile for others' sake: what the sentinel saw. */
  contaminated: z.string().optional(),
  /** Number of the contaminated trial that it repeats. */
  repeats: z.int().optional(),
  /** Why it failed, did not converge or was skipped; `artifact` is a path relative to the run folder. */
  reason: z.strictObject({ message: z.string(), artifact: z.string().optional() }).optional(),
  /** What changes how the trial reads: "not steady: randread", … */
  warnings: z.array(z.string()).optional(),
});
export type Trial = z.infer<typeof trialSchema>;

/** One line of `events.ndjson`: a stamped boundary, with the independent stamp that checks it. */
export const eventSchema = z.strictObject({
  trial: z.int(),
  guest: z.int().optional(),
  /** `phase-end`, `fio-start`, … */
  event: z.string(),
  phase: z.string().optional(),
  /** Seconds since the run began. */
  at: z.number(),
  /** Numbers that belong to it, by name: bytes, bytes a second, counts, seconds. */
  figures: z.record(z.string(), z.number()).optional(),
  /** Who saw it. */
  observer: z.string().optional(),
  /** A second stamp of the same boundary from another source, and the difference in seconds. */
  check: z.strictObject({ source: z.string(), difference: z.number() }).optional(),
});
export type Event = z.infer<typeof eventSchema>;

/** What a reader must know of a metric to compare and draw it. */
export const metricSchema = z.strictObject({
  title: z.string(),
  unit: z.string(),
  /** Which direction is an improvement; `neither` for a description. */
  better: z.enum(['lower', 'higher', 'neither']),
  /** The figures that the summary speaks of; the rest stand in tables. */
  headline: z.boolean().optional(),
  /** What does not occur in every trial: one that lacks it lacks no figure. */
  sometimes: z.boolean().optional(),
});
export type Metric = z.infer<typeof metricSchema>;

/** A storage as it was found. */
export const storageFactsSchema = z.strictObject({
  kind: z.string(),
  /** What to call it in tables and pictures: `local`, `shared-directory`, `MooseFS`. */
  label: z.string(),
  /** Set where the storage stands in for another; printed as a badge: `stand-in: shared directory`. */
  standIn: z.string().optional(),
  filesystem: z.string(),
  /** Same value = same device: a comparison of two such storages shows the noise floor. */
  device: z.string(),
  /** Bytes. */
  free: z.number(),
  directIo: z.boolean(),
  /** Bytes to which O_DIRECT needs offsets and lengths aligned. */
  directAlignment: z.number().optional(),
  reflink: z.boolean(),
  /** What else was found, name → text: client version, mount options, network, layouts, … */
  facts: z.record(z.string(), z.string()).optional(),
  /** What changes how results on it read. */
  warnings: z.array(z.string()).optional(),
  /**
   * Where servers cache: `server-warm`, unless the working set exceeds twice their memory, which the
   * inventory tells (`server-cold`).
   */
  serverCache: z.enum(['server-warm', 'server-cold']).optional(),
});
export type StorageFacts = z.infer<typeof storageFactsSchema>;

/** What ran the guests of some arms. */
export const acceleratorSchema = z.strictObject({
  /** kvm, tcg, xen-pv, xen-pvh, xen-hvm */
  name: z.string(),
  /** TCG, or inside a machine that is itself emulated: no figure is one of hardware virtualization. */
  emulated: z.boolean(),
  /** Why it was chosen. */
  why: z.string(),
  /** What its hosts themselves run inside of, as far as known: `tcg`, another accelerator's name. */
  inside: z.string().optional(),
  /** Names of the hosts on which its guests ran; absent where the run had no inventory. */
  hosts: z.array(z.string()).optional(),
  /** How requests reach the disk: `virtio-blk, QEMU`, `xen-blkfront, xen-blkback`. */
  disk: z.string().optional(),
  /** How packets reach the network: `virtio-net, tap`, `xen-netfront, vif`. */
  network: z.string().optional(),
  /** Programs of its hypervisor → version, where the run has several. */
  versions: z.record(z.string(), z.string()).optional(),
});
export type Accelerator = z.infer<typeof acceleratorSchema>;

/** A host as it was found. */
export const hostFactsSchema = z.strictObject({
  cpu: z.string(),
  cpus: z.int(),
  /** Bytes. */
  memory: z.number(),
  kernel: z.string(),
  /** Programs on the host → version. */
  versions: z.record(z.string(), z.string()),
  /** How far off stamps of the host may be on our clock, in seconds. */
  clockUncertainty: z.number(),
  /** Set where the host is none of its own: `namespace of the controller`. */
  standIn: z.string().optional(),
  /** Whether it is itself a machine under software emulation. */
  emulated: z.boolean().optional(),
  /** What ran guests there; absent: QEMU, alone or through libvirt. */
  hypervisors: z.array(z.string()).optional(),
});
export type HostFacts = z.infer<typeof hostFactsSchema>;

/** A machine as it describes itself. */
export const machineSchema = z.strictObject({
  cpu: z.string(),
  cpus: z.int(),
  /** Bytes. */
  memory: z.number(),
  distribution: z.string(),
  kernel: z.string(),
});

/** Where and with what a run was made. */
export const environmentSchema = z.strictObject({
  virtgauge: z.string(),
  node: z.string(),
  /** The controller; absent where nothing was measured, but all imported. */
  machine: machineSchema.optional(),
  /** Program → version: qemu, qemu-img, guest kernel, busybox, fio, … */
  versions: z.record(z.string(), z.string()),
  /** That of the first arm; absent where no guest was needed. */
  accelerator: z
    .strictObject({ name: z.string(), emulated: z.boolean(), why: z.string() })
    .optional(),
  /**
   * That of every arm, by its levels of hypervisor and accelerator: `qemu/auto`, `xen/xen-pvh`. Absent
   * in runs of older versions, all of whose arms have `accelerator`.
   */
  accelerators: z.record(z.string(), acceleratorSchema).optional(),
  /** How states were saved from which guests were restored; absent where none was. */
  savedStates: z.string().optional(),
  storages: z.record(z.string(), storageFactsSchema),
  /** Absent where all was done on this machine as one host. */
  hosts: z.record(z.string(), hostFactsSchema).optional(),
  /** What was different when the run was resumed, in sentences: other hosts, … */
  resumed: z.array(z.string()).optional(),
});
export type Environment = z.infer<typeof environmentSchema>;

const moment = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), 'expected a moment such as 2026-11-21T00:03:38Z');

/** `run.json`. */
export const runSchema = z.strictObject({
  schema: z.literal(schemaVersion),
  id: z.string(),
  /** The scenario with every default and override filled in. */
  scenario: z.record(z.string(), z.unknown()),
  /** The file it came from, for the command that makes the run again. */
  source: z.string(),
  overrides: z.array(z.string()),
  seed: z.string(),
  /** ISO 8601, UTC. */
  startedAt: moment,
  /** Absent until the run has come to its end. */
  endedAt: moment.optional(),
  /** Crossed factors, in order, with their levels: the first arm of all is the baseline. */
  factors: z.record(z.string(), z.array(levelSchema)),
  arms: z.array(armSchema),
  /** Trials planned in all; absent until the pilot has fixed it. */
  planned: z.int().min(0, 'expected a count of trials, got less than 0').optional(),
  /** Seconds that it was given when it began, from `--budget`; absent where none was asked for. */
  budget: z.number().optional(),
  /** Trials behind the planned ones for which a budget left time, all fixed before the first of them. */
  further: z
    .array(z.object({ trial: z.int(), block: z.int(), arm: z.int() }))
    .optional(),
  /** Which part of the blocks was done: of `of` parts number `index`, from 1; absent for all. */
  shard: z.strictObject({ index: z.int(), of: z.int() }).optional(),
  /** Bytes written to its storages, planned or seen: by all processes of a run that had a limit. */
  writes: z
    .strictObject({
      limit: z.number(),
      templates: z.number(),
      trials: z.number(),
      /** Whether trials were left out because of it. */
      ended: z.boolean(),
    })
    .optional(),
  /** Id of the run whose suspected regressions it measured again; it is no run of a history. */
  confirms: z.string().optional(),
  /** What has to be known of how the run was made, in sentences: its parts, what is missing, … */
  notes: z.array(z.string()).optional(),
  environment: environmentSchema,
  /** What was imported, by its level of the factor `system`; absent where all was made here. */
  imported: z.record(z.string(), importedSchema).optional(),
  metrics: z.record(z.string(), metricSchema),
});
export type Run = z.infer<typeof runSchema>;
