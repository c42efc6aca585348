import { UserError } from '../../../base/errors.ts';
import { addressesOf } from '../../../platform/remote/inventory/address-range.ts';
import type { Inventory } from '../../../platform/remote/inventory/load.ts';
import type { Host } from '../../../platform/remote/host.ts';
import { isThisMachine, thisMachine } from '../../../platform/remote/this-machine.ts';
import { HostGroup } from './host-group.ts';
import { hostGroups } from './host-groups.ts';
import { lockHost, type HostLock } from './host-lock.ts';
import { connectSource } from './connect-source.ts';

/** The hosts of a run, connected and locked. */
export interface RunHosts {
  /** A trial takes one. */
  readonly groups: readonly HostGroup[];
  /** Addresses for guests on bridges, such as `10.77.0.64/24`. */
  readonly addresses: readonly string[];
  /** Whether all of them is this machine, as one host. */
  readonly onlyThisMachine: boolean;
  /** What they really are, where they stand in for machines. */
  readonly standIn?: string;
  /** Unlocks and disconnects. */
  close(): Promise<void>;
}

export interface HostsRequest {
  /** Undefined: this machine, under as many names as a trial takes hosts. */
  inventory: Inventory | undefined;
  /** Hosts that a trial takes. */
  needed: number;
  /** Whether hosts that are left over watch; by default where a trial takes several. */
  watched?: boolean;
  /** Trials at once, at most. */
  parallel: number;
  /** What runs the guests of the arms; by default QEMU. */
  hypervisors?: readonly string[];
  /** Whether each trial converts a machine: each group gets one. */
  converts?: boolean;
  /** The controller's folder for images. */
  cache: string;
  signal: AbortSignal;
}

/**
 * Connects to the hosts that the run will use, and locks them.
 * @throws UserError if there are too few, or with what is wrong with each
 */
export async function openHosts(request: HostsRequest): Promise<RunHosts> {
  const { inventory, needed, cache, signal } = request;
  if (inventory === undefined) return namesOfThisMachine(needed, cache);
  const { connectHosts } = await import('../../../platform/remote/connect-host.ts');
  const sources = request.converts === true ? sourcesOf(inventory.hosts) : undefined;
  const groups = hostGroups(inventory.hosts, request).slice(0, sources?.length);
  const hosts = await connectHosts({ hosts: groups.flat() }, signal);
  const wanted = sources?.slice(0, groups.length) ?? [];
  const converted: Host[] = [];
  const close = () => Promise.all([...hosts, ...converted].map(({ shell }) => shell.close()));
  let locks: Map<string, HostLock>;
  try {
    const connecting = wanted.map((entry) => connectSource(entry, cache, signal));
    for (const result of await Promise.allSettled(connecting)) {
      if (result.status === 'rejected') throw result.reason;
      converted.push(result.value);
    }
    locks = await lockAll(hosts);
  } catch (error) {
    await close();
    throw error;
  }
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const { guestAddresses: range, standIn } = inventory;
  const made = groups.map(
    (group, index) =>
      new HostGroup(
        group.map(({ name }) => byName.get(name) as Host),
        locks,
        converted[index],
      ),
  );
  return {
    groups: made,
    addresses: range ? [...addressesOf(range)].map((each) => `${each}/${range.prefix}`) : [],
    onlyThisMachine: false,
    ...(standIn !== undefined && { standIn }),
    async close() {
      await Promise.all(made.map((group) => group.release()));
      await close();
    },
  };
}

/**
 * The machines that are there to be converted. They hold no lock: that would break with their kernel.
 * @throws UserError if there is none
 */
function sourcesOf<Member extends Pick<Host, 'hypervisors'>>(hosts: readonly Member[]): Member[] {
  const sources = hosts.filter(({ hypervisors }) => hypervisors?.length === 0);
  if (sources.length > 0) return sources;
  throw new UserError({
    message: 'hosts: expected a machine to be converted (hypervisors: []), the inventory has none',
    remedy:
      'Name one in the inventory, or bring up a lab: virtgauge lab up --machines plain:1,kvm:1 (as root).',
  });
}

/** All locks, or none. */
async function lockAll(hosts: readonly Host[]): Promise<Map<string, HostLock>> {
  const remote = hosts.filter((host) => !isThisMachine(host));
  const results = await Promise.allSettled(remote.map((host) => lockHost(host)));
  const locks = new Map<string, HostLock>();
  const failures: unknown[] = [];
  results.forEach((result, index) => {
    if (result.status === 'fulfilled') locks.set(remote[index]?.name ?? '', result.value);
    else failures.push(result.reason);
  });
  if (failures.length === 0) return locks;
  await Promise.all([...locks.values()].map((lock) => lock.release()));
  const other = failures.find((failure) => !(failure instanceof UserError)) as Error | undefined;
  if (other !== undefined) throw other;
  throw new UserError(failures.flatMap((failure) => [...(failure as UserError).problems]));
}

function namesOfThisMachine(needed: number, cache: string): RunHosts {
  const names =
    needed === 1
      ? ['localhost']
      : Array.from({ length: needed }, (_, host) => `localhost-${String.fromCharCode(97 + host)}`);
  const hosts = names.map((name) => thisMachine(cache, name));
  return {
    groups: [new HostGroup(hosts, new Map())],
    addresses: [],
    onlyThisMachine: needed === 1,
    ...(needed > 1 && { standIn: 'this machine under several names' }),
    close: () => Promise.resolve(),
  };
}
