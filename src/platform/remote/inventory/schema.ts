import { z } from 'zod';
import { bytes, identifier, orderedIdentifier, path } from '../../../base/yaml/quantities.ts';

/** What the name or address of a machine may be; never an option for a program. */
const address = z
  .string()
  .regex(/^[A-Za-z0-9_:][A-Za-z0-9_.:%-]{0,254}$/, 'expected a host name or an address');

const port = z.int().min(1).max(65_535);

const user = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/, 'expected the name of a user');

/** A path on a host: nothing there says what it would be relative to. */
const remotePath = z
  .string()
  .regex(/^(\/|~(\/|$))[^\0\n]*$/, 'expected a path that begins with / or ~/');

const bridge = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,15}$/, 'expected the name of a bridge, of at most 15 characters');

const libvirtUri = z
  .string()
  .regex(/^qemu(\+[a-z0-9]+)?:\/\/\S+$/, 'expected a libvirt URI such as qemu+tls://host/system');

/**
 * What a host runs guests with; where nothing is said, with QEMU, alone or through libvirt. With
 * nothing: a machine that is to be converted.
 */
const hypervisors = z.array(z.enum(['qemu', 'libvirt', 'xen']));

/** A line for the shell of this machine. */
const command = z.string().trim().min(1).max(2000);

/** One lab among all that had its name. */
export const labSchema = z.strictObject({ name: identifier, token: z.string().min(1) });

/** A directory on which guests' disks may lie. */
export const hostStorageSchema = z.strictObject({
  kind: identifier.describe(
    'Name of a storage backend: local, lustre, moosefs, nfs, shared-directory.',
  ),
  path: remotePath.describe('The directory, on the host.'),
  serverMemory: bytes
    .optional()
    .describe(
      'Memory of all its servers together: a working set of more than twice as much is not served from their caches.',
    ),
});

const writtenHostSchema = z.strictObject({
  address: address.optional().describe('Name or address for ssh.'),
  local: z.literal(true).optional().describe('It is this machine: no ssh.'),
  migrationAddress: address
    .optional()
    .describe('Where other hosts reach it; by default its address.'),
  port: port.optional().describe('Of its sshd; 22 by default.'),
  user: user.optional().describe('Who logs in; the current user by default.'),
  key: path.optional().describe('Private key; by default the ssh agent, then ~/.ssh/id_*.'),
  knownHosts: path.optional().describe('Host keys; ~/.ssh/known_hosts by default.'),
  jump: z
    .string()
    .min(1)
    .optional()
    .describe('Go through it: user@address:port, or another host of the inventory.'),
  bridge: bridge.optional().describe('Bridge for the taps of guests.'),
  libvirtUri: libvirtUri
    .optional()
    .describe('Its libvirtd as other hosts reach it; qemu+tcp://ADDRESS/system by default.'),
  hypervisors: hypervisors
    .optional()
    .describe(
      'What runs guests there: [xen] for a Xen host, [] for a machine to be converted (P2V); [qemu, libvirt] by default.',
    ),
  emulated: z
    .boolean()
    .optional()
    .describe('The host itself is a machine under software emulation: so is all that it runs.'),
  console: path
    .optional()
    .describe('File of this machine with what its console says: shown where the host is lost.'),
  powerOff: command
    .optional()
    .describe(
      'Command of this machine that takes its power away at once (fence_ipmilan, virsh destroy), for measure: crash.',
    ),
  powerOn: command
    .optional()
    .describe('Command of this machine that gives it back; does no harm where it has it.'),
  reset: command
    .optional()
    .describe(
      'Command of this machine that puts it back as it was before it was converted, disk and all, and starts it: between trials of measure: p2v.',
    ),
  runtime: remotePath.optional().describe('Folder for work folders; /tmp by default.'),
  cache: remotePath
    .optional()
    .describe('Folder for images and programs; ~/.cache/virtgauge by default.'),
  storages: z
    .record(orderedIdentifier, hostStorageSchema)
    .default({})
    .describe('Name → where it is on this host.'),
});
export type WrittenHost = z.infer<typeof writtenHostSchema>;

/** An inventory as it is written; read one by `loadInventory`. */
export const inventorySchema = z.strictObject({
  $schema: z.string().optional().describe('Schema for editors; ignored.'),
  hosts: z
    .record(orderedIdentifier, writtenHostSchema)
    .refine((hosts) => Object.keys(hosts).length > 0, { message: 'expected at least one host' })
    .describe('Name → host; source, target and watcher of a migration are taken in this order.'),
  guests: z
    .strictObject({
      addresses: z
        .string()
        .describe('FIRST-LAST/PREFIX, IPv4: given to guests on bridges, one each.'),
    })
    .optional(),
  lab: labSchema.optional().describe('The lab that made it.'),
  standIn: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('What the hosts really are, where they stand in for machines; shown everywhere.'),
});

/** How to log in. */
export const endpointSchema = z.strictObject({
  address,
  port,
  user,
  /** Absolute; absent: the ssh agent, then the usual files. */
  key: path.optional(),
  /** Absolute; new keys that a user accepts go to the first. */
  knownHosts: z.array(path).min(1),
  /** File of this machine with what the host's console says; absolute. */
  console: path.optional(),
  /** An emulated machine, which takes longer. */
  emulated: z.boolean().optional(),
  /** Goes through it. */
  get jump(): z.ZodOptional<typeof endpointSchema> {
    return endpointSchema.optional();
  },
});
export type Endpoint = z.infer<typeof endpointSchema>;

/** One host with all that is needed to reach it, without the inventory that it comes from. */
export const hostEntrySchema = z.strictObject({
  name: identifier,
  /** Absent: this machine. */
  ssh: endpointSchema.optional(),
  /** Where other hosts reach it. */
  address,
  bridge: bridge.optional(),
  libvirtUri: libvirtUri.optional(),
  hypervisors: hypervisors.optional(),
  emulated: z.boolean().optional(),
  /** Command lines of this machine that take its power away and give it back. */
  power: z.strictObject({ off: command, on: command }).optional(),
  /** Command line of this machine that puts it back as it was and starts it. */
  reset: command.optional(),
  runtime: remotePath,
  /** Absent: `virtgauge` in the cache directory of the user there. */
  cache: remotePath.optional(),
  storages: z.record(z.string(), hostStorageSchema),
  /** The lab that it belongs to and goes with. */
  lab: labSchema.optional(),
});
export type HostEntry = z.infer<typeof hostEntrySchema>;
