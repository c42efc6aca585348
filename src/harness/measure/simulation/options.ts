import { z } from 'zod';
import { bytes, duration, memory, path } from '../../../base/yaml/quantities.ts';

const share = z.number().min(0).max(1);
const weight = z.number().gt(0).max(1e6).default(1).describe('How often, against the others.');

const hostKind = z.strictObject({
  weight,
  cpus: z.number().gt(0).max(4096).default(32).describe('Cores.'),
  memory: memory.default(128 * 2 ** 30),
  disk: bytes.default(4e12),
  diskIo: bytes.default(1e9).describe('Bytes a second.'),
  transaction: z
    .number()
    .min(0)
    .max(86_400)
    .default(0)
    .describe('Seconds that one placement costs there, for smps.'),
});

const guestKind = z.strictObject({
  weight,
  cpus: z.number().gt(0).max(1024).default(2).describe('vCPUs.'),
  memory: memory.default(4 * 2 ** 30),
  disk: bytes.default(20e9),
  diskIo: bytes.default(10e6).describe('Bytes a second set aside.'),
  priority: z
    .int()
    .min(0)
    .max(100)
    .default(0)
    .describe('Lost guests of higher priority start first.'),
});

const times = z.strictObject({
  create: duration.default(3.4).describe('From the request to the first answer of a guest.'),
  migrateSetup: duration.default(1).describe('Of a migration, besides moving memory.'),
  migrateRate: bytes.default(100e6).describe('Bytes of memory a second that a migration moves.'),
  restart: duration.default(3.4).describe('Of a lost guest, from the order to its first answer.'),
  startsAtOnce: z.int().min(1).max(1024).default(4).describe('Guests that a host starts at once.'),
  heartbeat: duration.default(1).describe('From one heartbeat of a host to the next.'),
  missed: z
    .int()
    .min(1)
    .max(1000)
    .default(5)
    .describe('Heartbeats without which a host is suspect.'),
  grace: duration.default(5).describe('From suspicion to the order to fence a host.'),
  fence: duration.default(5).describe('From that order to the proof.'),
  report: duration.default(1).describe('From a change of load to a decision on sharing.'),
  grant: duration.default(2).describe('From a grant to its first request.'),
  drain: duration.default(30).describe('From a release until connections have ended.'),
});

export const simulationOptions = z
  .strictObject({
    subject: z
      .enum(['guests', 'services', 'capacity'])
      .default('guests')
      .describe(
        'guests: they come, change their load, are moved, lost and restarted, and go. services: they lend capacity to each other. capacity: guests are added until one is refused.',
      ),
    duration: duration.default(6 * 3600).describe('Simulated time.'),
    cluster: path
      .optional()
      .describe(
        "For capacity: a cluster in ganeti's htools text format, as hbal and hspace read it by -t. Its hosts, guests and policy take the place of the levels hosts, guests and nPlusOne, and of hostKinds.",
      ),
    hostKinds: z.array(hostKind).min(1).max(100).prefault([{}]).describe('What hosts are like.'),
    guestKinds: z.array(guestKind).min(1).max(100).prefault([{}]).describe('What guests are like.'),
    services: z.int().min(2).max(10_000).default(100).describe('Services that share the hosts.'),
    overcommit: z
      .number()
      .min(1)
      .max(64)
      .default(1)
      .describe('How many times its cores a host may promise. Memory is never overcommitted.'),
    replicas: z
      .int()
      .min(1)
      .max(100)
      .default(1)
      .describe('So many guests do the same work and never share a host; 1: none.'),
    lifetime: z
      .union([duration, z.literal('unlimited')])
      .default('unlimited')
      .describe('How long a guest stays, in the mean; another comes for it.'),
    load: z
      .strictObject({
        mean: share.default(0.4).describe('Of what guests have set aside, or services have.'),
        spread: share.default(0.5).describe('How far loads differ, 0.5: by 50 % either way.'),
        step: duration.default(600).describe('From one change of a load to the next, in the mean.'),
        trace: path
          .optional()
          .describe('File for workload trace: CSV with the columns time,guest,load.'),
      })
      .prefault({}),
    threshold: share.default(0.8).describe('A host or service used beyond it is overloaded.'),
    hysteresis: share
      .default(0.1)
      .describe('How far load has to fall below the threshold until capacity is given back.'),
    check: duration.default(300).describe('From one look at the cluster to the next: rebalancing.'),
    moves: z
      .int()
      .min(1)
      .max(10_000)
      .default(10)
      .describe('Migrations that one look at the cluster may begin.'),
    incidents: z.int().min(1).max(1000).default(1).describe('How often hosts fail (faults).'),
    repair: duration.default(3600).describe('Until failed hosts are back.'),
    points: z.int().min(1).max(1000).default(48).describe('Points of the pictures over time.'),
    times: times.prefault({}).describe('How long things take; put in what you have measured.'),
  })
  .describe('Decisions of the manager on a simulated cluster; needs no host.');

export type SimulationOptions = z.infer<typeof simulationOptions>;
