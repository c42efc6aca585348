import { z } from 'zod';
import { bytes, duration, identifier, memory, path, rate } from '../../base/yaml/quantities.ts';

/** What may be held (`fixed`) or crossed (`factors`), with the default where it is neither. */
export const levelsSchema = z.strictObject({
  hypervisor: z
    .enum(['qemu', 'libvirt', 'xen'])
    .describe('What runs the guests: on hosts on which the inventory says so.')
    .default('qemu'),
  accelerator: z
    .enum(['auto', 'kvm', 'tcg', 'xen-pvh', 'xen-pv', 'xen-hvm'])
    .describe(
      'auto: the faster of kvm and tcg, found by a probe; on Xen xen-pvh. The others of Xen: paravirtualized, fully virtualized.',
    )
    .default('auto'),
  emulator: z
    .string()
    .regex(/^(\/[^\0\n,]+|[A-Za-z0-9][A-Za-z0-9._+-]*)$/, 'expected a program or an absolute path')
    .describe(
      'Program of QEMU on the hosts, by name or absolute path: what `hypervisor: qemu` starts.',
    )
    .default('qemu-system-x86_64'),
  image: path
    .describe(
      'Image of the guests: same: as guest.image says; micro, or the path of a cloud image.',
    )
    .default('same'),
  kernel: path
    .describe('Kernel (bzImage) of the micro guest: same: as guest.kernel says; or its path.')
    .default('same'),
  storage: identifier.describe('Name of one of the storages; the first by default.').optional(),
  provisioning: z
    .enum(['copy', 'sparse', 'clone', 'reflink'])
    .describe(
      'How a guest gets its disk: a full copy, a copy that keeps holes, a qcow2 with a backing file, or a reflink copy.',
    )
    .default('clone'),
  format: z.enum(['qcow2', 'raw']).describe('Image format. A clone is qcow2.').default('qcow2'),
  durability: z
    .enum(['synced', 'buffered'])
    .describe('Whether creation waits until the disk is on stable storage.')
    .default('synced'),
  start: z
    .enum(['boot', 'snapshot'])
    .describe(
      'boot: the guest boots. snapshot: it is restored from a saved state on the storage of its template.',
    )
    .default('boot'),
  template: z
    .union([z.literal('same'), identifier])
    .describe('Storage on which the template lies; same: that of the disk.')
    .default('same'),
  templateCache: z
    .enum(['any', 'warm', 'cold'])
    .describe(
      "What the host holds of the template before creation: all of it, nothing, or what happens to be there. Servers' caches are out of reach.",
    )
    .default('any'),
  templateData: z
    .union([bytes, z.literal(0)])
    .describe('Incompressible bytes in the template, on top of what the measurements need.')
    .default(0),
  stripeCount: z
    .union([z.int().min(1).max(2000), z.enum(['all', 'inherit'])])
    .describe(
      'Lustre: targets (OSTs) over which disks are striped; inherit: as the directory says.',
    )
    .default('inherit'),
  stripeSize: z
    .union([bytes, z.literal('inherit')])
    .describe('Lustre: bytes on one target before the next; a multiple of 64KiB.')
    .default('inherit'),
  pool: z
    .union([z.literal('inherit'), identifier])
    .describe('Lustre: pool of targets for disks.')
    .default('inherit'),
  layout: z
    .string()
    .regex(
      /^(inherit|-E \S[^\0\n]*)$/,
      "expected inherit or components such as '-E 64M -c 1 -E eof -c -1'",
    )
    .describe(
      "Lustre: a progressive layout (PFL) in the words of lfs setstripe, such as '-E 64M -c 1 -E eof -c -1'.",
    )
    .default('inherit'),
  guests: z
    .int()
    .min(1)
    .max(100_000)
    .describe(
      'Guests created at once in a trial, at most 1024; in a simulation the guests that want to run.',
    )
    .default(1),
  hosts: z
    .int()
    .min(1)
    .max(10_000)
    .describe(
      'Hosts over which the guests of a trial are spread, in turn; in a simulation all of its hosts.',
    )
    .default(1),
  cache: z
    .enum(['none', 'writeback', 'writethrough', 'directsync', 'unsafe'])
    .describe("QEMU's cache mode for the disk.")
    .default('none'),
  aio: z
    .enum(['threads', 'native', 'io_uring'])
    .describe("QEMU's aio backend. native needs cache none or directsync.")
    .default('threads'),
  machine: z.enum(['pc', 'q35']).describe('Machine type.').default('pc'),
  cpu: identifier.describe('CPU model.').default('max'),
  vcpus: z.int().min(1).max(1024).describe('Virtual CPUs of a guest.').default(1),
  memory: memory.describe('Memory of a guest.').default(256 * 2 ** 20),
  hugepages: z.boolean().describe("Back the guest's memory by huge pages.").default(false),
  iothread: z.boolean().describe('Give the disk an I/O thread of its own.').default(false),
  queues: z.int().min(1).max(256).describe('Queues of the disk.').default(1),
  pin: z
    .string()
    .regex(/^(none|\d+(-\d+)?(,\d+(-\d+)?)*)$/, 'expected none or CPUs such as 0-3,6')
    .describe('Host CPUs on which vCPUs are pinned, in turn.')
    .default('none'),
  network: z
    .string()
    .regex(/^(auto|user|bridge:[A-Za-z0-9_.-]{1,15})$/, 'expected auto, user or bridge:NAME')
    .describe(
      "auto: the host's bridge, if the inventory names one, else user; user: QEMU's user networking; bridge:NAME: a tap on an existing bridge (root).",
    )
    .default('auto'),
  method: z
    .enum(['pre-copy', 'post-copy'])
    .describe('How a live migration moves memory.')
    .default('pre-copy'),
  postCopyAfter: duration
    .describe('From the start of a post-copy migration to its switchover.')
    .default(0.5),
  disk: z
    .enum(['shared', 'mirror'])
    .describe('Whether a migration leaves the disk on shared storage, or copies it as well.')
    .default('shared'),
  multifd: z
    .int()
    .min(0)
    .max(255)
    .describe('Parallel streams of a migration; 0: the classic single stream.')
    .default(0),
  xbzrle: z.boolean().describe('Send changes of pages instead of pages.').default(false),
  autoConverge: z
    .boolean()
    .describe('Slow a guest down that dirties memory faster than it can be sent.')
    .default(false),
  downtimeLimit: duration
    .describe('Expected downtime at which a migration switches over.')
    .default(0.3),
  bandwidth: z
    .union([bytes, z.literal('unlimited')])
    .describe('Bytes a second that a migration may send.')
    .default('unlimited'),
  transport: z
    .enum(['direct', 'p2p', 'tunnelled'])
    .describe('How libvirt moves the migration stream; qemu knows only direct.')
    .default('direct'),
  dirtyRate: z
    .union([bytes, z.literal(0)])
    .describe('Bytes of memory a second that a program in the guest dirties meanwhile; 0: none.')
    .default(0),
  hotplugScripts: z
    .enum(['host', 'light'])
    .describe(
      "Xen: what sets up a guest's disk and network interface on its host, also in the outage of a migration. host: the scripts of the host's toolstack; light: a pair that checks the same with few processes.",
    )
    .default('host'),
  device: z
    .enum(['vcpu', 'virtio-mem', 'dimm', 'balloon', 'disk', 'nic'])
    .describe('Hotplug: what comes and goes; of memory: by what.')
    .default('disk'),
  direction: z
    .enum(['in', 'out'])
    .describe('Hotplug: into the running guest, or out of it.')
    .default('in'),
  amount: z
    .int()
    .min(1)
    .max(16)
    .describe('Hotplug: how many vCPUs, disks or interfaces; of memory: how many times 128MiB.')
    .default(1),
  conversion: z
    .enum(['offline', 'warm', 'native-switch', 'warm-switch'])
    .describe(
      'P2V: offline: out of service while its disk is copied. warm: copied while it serves, what is written meanwhile again, the rest out of service. native-switch: a guest on its own hardware first, mirrored and moved while it serves. warm-switch: the same, its disk copied before, so that the mirror carries only what is written since.',
    )
    .default('native-switch'),
  diskData: z
    .union([bytes, z.literal(0)])
    .describe("P2V: incompressible bytes on the machine's disk, besides its system.")
    .default(0),
  linkRate: z
    .union([rate, z.literal('unlimited')])
    .describe(
      'P2V: what the wire of the machine carries in each direction, in a lab of machines; unlimited: as it is.',
    )
    .default('unlimited'),
  suspectAfter: duration
    .describe('Failover: silence of a host after which the manager holds it suspect.')
    .default(5),
  fenceAfter: duration
    .describe('Failover: from suspicion until the host is fenced; both together at least 6s.')
    .default(5),
  placement: z
    .enum([
      'smps-reconstructed',
      'smps-linear',
      'best-fit',
      'worst-fit',
      'least-loaded',
      'dot-product',
      'round-robin',
      'random',
    ])
    .describe('Simulation: how the host of a guest is chosen.')
    .default('smps-reconstructed'),
  rebalancing: z
    .enum(['none', 'balance', 'consolidate'])
    .describe(
      'Simulation: which guests are moved later: none; those that even the load of hosts out; those by which hosts become free.',
    )
    .default('none'),
  sharing: z
    .enum(['none', 'ma2scf-reconstructed', 'ratio-first', 'best-fit', 'least-loaded', 'random'])
    .describe(
      'Simulation and sharing: how the services are chosen that lend capacity to one in need.',
    )
    .default('none'),
  forwarding: z
    .enum(['dr', 'nat'])
    .describe(
      'Sharing: how IPVS hands connections on: dr: direct routing, answers go past the director; nat: rewritten, answers go back by it.',
    )
    .default('dr'),
  agents: z
    .int()
    .min(1)
    .max(2000)
    .describe('Manager: agents of its cluster; their guests are only names.')
    .default(1),
  protection: z
    .enum(['plain', 'data', 'channel', 'both', 'signed'])
    .describe(
      'Wire: what protects the messages: plain: nothing. data: sealed by the key of the session. channel: mutual TLS. both, as clusters do. signed: mutual TLS, and each message encrypted and signed by RSA.',
    )
    .default('both'),
  workload: z
    .enum(['steady', 'diurnal', 'bursts', 'trace'])
    .describe('Simulation: how load goes up and down; trace: as a file has it (load.trace).')
    .default('steady'),
  nPlusOne: z
    .boolean()
    .describe('Simulation: keep room so that any one host may fail and its guests start elsewhere.')
    .default(false),
  faults: z
    .int()
    .min(0)
    .max(5000)
    .describe('Simulation: neighbouring hosts that fail at once; 0: none fails.')
    .default(0),
});
/** The levels of one arm, complete: what a measurement gets. */
export type Levels = z.infer<typeof levelsSchema> & { storage: string };
/** What may be a factor. */
export type FactorName = keyof typeof levelsSchema.shape;

type Shape = typeof levelsSchema.shape;
type Bare = { [Name in FactorName]: ReturnType<Shape[Name]['unwrap']> };
type Crossed = { [Name in FactorName]: z.ZodOptional<z.ZodArray<Bare[Name]>> };

/** One level of each factor, without defaults: absent stays absent. */
export const levelSchemas = mapShape((level) => level.unwrap()) as Bare;

/** Some factors, each with one level. */
export const heldSchema = z.strictObject(levelSchemas).partial();

/** Some factors, each with the levels to cross. */
export const crossedSchema = z.strictObject(
  mapShape((level) => z.array(level.unwrap()).min(1).max(1000).optional()) as Crossed,
);

function mapShape<Result>(map: (level: Shape[FactorName]) => Result): Record<string, Result> {
  return Object.fromEntries(
    Object.entries(levelsSchema.shape).map(([name, level]) => [name, map(level)]),
  );
}
