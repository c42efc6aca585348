import { UserError } from '../../../../base/errors.ts';
import type { MigrationMethod } from '../../migration.ts';

const MiB = 2 ** 20;

/** What libvirt itself refuses, with the reason that it gives. */
const impossible: readonly {
  what: string;
  holds: (method: MigrationMethod) => boolean;
  remedy: string;
}[] = [
  {
    what: 'transport: tunnelled with disk: mirror',
    holds: ({ transport, disk }) => transport === 'tunnelled' && disk === 'mirror',
    remedy: 'The disk cannot go through the tunnel: use direct or p2p.',
  },
  {
    what: 'transport: tunnelled with method: post-copy',
    holds: ({ transport, method }) => transport === 'tunnelled' && method === 'post-copy',
    remedy: 'Post-copy needs a way back, which the tunnel has not: use direct or p2p.',
  },
  {
    what: 'transport: tunnelled with multifd',
    holds: ({ transport, multifd }) => transport === 'tunnelled' && multifd > 0,
    remedy: 'The tunnel is one stream: use direct or p2p.',
  },
  {
    what: 'method: post-copy with disk: mirror',
    holds: ({ method, disk }) => method === 'post-copy' && disk === 'mirror',
    remedy: 'Use pre-copy, or a shared disk.',
  },
  {
    what: 'method: post-copy with multifd',
    holds: ({ method, multifd }) => method === 'post-copy' && multifd > 0,
    remedy: 'Use multifd: 0, or pre-copy.',
  },
  {
    what: 'a bandwidth below 1 MiB/s',
    holds: ({ bandwidth }) => bandwidth !== undefined && bandwidth < MiB,
    remedy: 'libvirt counts in whole MiB/s: use at least 1 MiB/s.',
  },
];

/** @throws UserError if libvirt cannot move a guest so */
export function expectKnownMethod(method: MigrationMethod): void {
  const problems = impossible
    .filter(({ holds }) => holds(method))
    .map(({ what, remedy }) => ({
      message: `expected a way to migrate that libvirt knows, got ${what}`,
      remedy,
    }));
  if (problems.length > 0) throw new UserError(problems);
}

export interface MigrateCommand {
  /** libvirt's name of the guest. */
  domain: string;
  /** Of the target's libvirtd. */
  uri: string;
  /** Where the target is reached. */
  address: string;
  /** File of the source host: the guest as it shall be on the target. */
  xml: string;
  method: MigrationMethod;
  /** The disk's name in the guest. */
  disk: string;
  /** Whether libvirt does not know the disk's file system for a shared one. */
  unsafe: boolean;
}

/** The arguments of virsh that move a guest. A bandwidth is rounded to whole MiB/s. */
export function migrateArguments(command: MigrateCommand): string[] {
  const { domain, uri, address, xml, method, disk, unsafe } = command;
  const { transport, multifd, bandwidth, xbzrle, autoConverge } = method;
  const rate = bandwidth === undefined ? undefined : String(Math.round(bandwidth / MiB));
  const postCopy = method.method === 'post-copy';
  return [
    ...['migrate', '--live', '--abort-on-error', '--domain', domain, '--desturi', uri],
    ...['--xml', xml],
    ...(transport === 'direct' ? [] : ['--p2p']),
    ...(transport === 'tunnelled' ? ['--tunnelled'] : ['--migrateuri', `tcp://${inUri(address)}`]),
    ...(method.disk === 'mirror' ? ['--copy-storage-all', '--migrate-disks', disk] : []),
    ...(unsafe && method.disk === 'shared' ? ['--unsafe'] : []),
    ...(postCopy ? ['--postcopy'] : []),
    ...(multifd > 0 ? ['--parallel', '--parallel-connections', String(multifd)] : []),
    ...(xbzrle ? ['--comp-methods', 'xbzrle'] : []),
    ...(autoConverge ? ['--auto-converge'] : []),
    ...(rate === undefined ? [] : ['--bandwidth', rate]),
    ...(rate === undefined || !postCopy ? [] : ['--postcopy-bandwidth', rate]),
  ];
}

/** The libvirtd of a host as the others reach it, where the host does not say. */
export function defaultUri(address: string): string {
  return `qemu+tcp://${inUri(address)}/system`;
}

function inUri(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
