import type {
  ClusterDescription,
  ClusterRules,
  GuestDescription,
  HostDescription,
  HostHealth,
  ServiceDescription,
} from './description.ts';
import { GroupCounts } from './group-counts.ts';
import { GuestTable } from './guest-table.ts';
import { Kinds } from './kinds.ts';
import { nowhere, type GuestIndex, type HostIndex, type Place } from './place.ts';
import { Reserves } from './reserves.ts';
import { kept, resources, type Amounts, type Resource } from './resources.ts';
import { checkCluster } from './check.ts';

/** Numbers a host or a guest has in arrays of amounts: one a resource, in the order of `resources`. */
export const width = resources.length;

/**
 * The state that decisions are taken on: which guest is where, and totals that are kept as guests
 * come, go and move, each at the cost of what changes. It is changed in place; as all amounts are
 * whole, taking a guest away undoes placing it to the last bit.
 *
 * It records what is so, even where that breaks a constraint; `fits` in `placement/` says whether a
 * place keeps them all.
 */
export class Cluster {
  readonly hosts: readonly HostDescription[];
  readonly services: readonly ServiceDescription[];
  readonly rules: ClusterRules;
  readonly kinds = new Kinds();
  readonly guests = new GuestTable();
  /** Kind of each host, see `Kinds`. */
  readonly kind: Int32Array;
  readonly health: HostHealth[];
  /** `width` numbers a host: what the machine has. */
  readonly capacity: Float64Array;
  /** What guests may take: capacity × overcommit, less what the host needs and what is left free. */
  readonly limit: Float64Array;
  /** What guests take by their demands, copies of mirrored disks included. */
  readonly used: Float64Array;
  /** What guests use by their loads. */
  readonly load: Float64Array;
  readonly reserves: Reserves;
  /** How many guests of each anti-affinity group a host runs, and is the backup of. */
  readonly running = new GroupCounts();
  readonly backing = new GroupCounts();
  /**
   * Hosts whose state changed, the latest last; with `forgotten`, how many entries at its front were
   * dropped. Whoever keeps an index over hosts brings it up to date from here.
   */
  readonly changes: HostIndex[] = [];
  forgotten = 0;
  private readonly hostNumbers = new Map<string, HostIndex>();
  private readonly groupNumbers = new Map<string, number>();
  private readonly guestsOf: GuestIndex[][];
  private readonly backedBy: Set<GuestIndex>[];
  private readonly followersOf = new Map<string, Set<GuestIndex>>();

  /** @throws UserError for a description that contradicts itself, see `checkCluster` */
  constructor(description: ClusterDescription) {
    checkCluster(description);
    const { hosts, guests, services = [], rules = {} } = description;
    this.hosts = hosts;
    this.services = services;
    this.rules = rules;
    const count = hosts.length;
    this.kind = Int32Array.from(hosts, (host) => this.kinds.kindOf(host));
    this.health = hosts.map(({ health = 'up' }) => health);
    this.capacity = new Float64Array(count * width);
    this.limit = new Float64Array(count * width);
    this.used = new Float64Array(count * width);
    this.load = new Float64Array(count * width);
    this.guestsOf = hosts.map(() => []);
    this.backedBy = hosts.map(() => new Set<GuestIndex>());
    this.reserves = new Reserves(
      count,
      (rules.nPlusOne ?? []).map((resource) => resources.indexOf(resource)),
    );
    for (const [index, host] of hosts.entries()) {
      this.hostNumbers.set(host.name, index);
      for (const [at, resource] of resources.entries()) {
        this.capacity[index * width + at] = kept(resource, host.capacity[resource]);
        this.limit[index * width + at] = limitOf(host, resource, rules);
      }
    }
    for (const guest of guests) this.add(guest);
  }

  /** Takes a guest in, placed if its description says where. */
  add(guest: GuestDescription): GuestIndex {
    const groups = (guest.antiAffinity ?? []).map((name) => this.groupNumber(name));
    const index = this.guests.add(guest, this.kinds.requirementOf(guest), groups);
    if (guest.with !== undefined) {
      const followers = this.followersOf.get(guest.with) ?? new Set();
      this.followersOf.set(guest.with, followers.add(index));
    }
    if (guest.place !== undefined) {
      const { host, backup } = guest.place;
      const place = { host: this.host(host), backup: nowhere };
      this.place(index, backup === undefined ? place : { ...place, backup: this.host(backup) });
    }
    return index;
  }

  /** The guest is gone; its number may be given to another. */
  remove(guest: GuestIndex) {
    this.unplace(guest);
    const leader = this.guests.describe(guest).with;
    if (leader !== undefined) this.followersOf.get(leader)?.delete(guest);
    this.guests.remove(guest);
  }

  /** Puts a guest that is nowhere to a place. */
  place(guest: GuestIndex, place: Place) {
    if (this.guests.host[guest] !== nowhere) throw new Error('the guest has a place already');
    const list = this.guestsOf[place.host];
    if (list === undefined) throw new RangeError(`there is no host ${place.host}`);
    this.guests.host[guest] = place.host;
    this.guests.backup[guest] = place.backup;
    this.guests.slot[guest] = list.length;
    list.push(guest);
    this.count(guest, place, 1);
  }

  /** Takes a guest from its place, if it has one. */
  unplace(guest: GuestIndex) {
    const place = this.placeOf(guest);
    if (place === undefined) return;
    this.count(guest, place, -1);
    const list = this.guestsOf[place.host] ?? [];
    const last = list.pop();
    const slot = this.guests.slot[guest] ?? 0;
    if (last !== undefined && last !== guest) {
      list[slot] = last;
      this.guests.slot[last] = slot;
    }
    this.guests.host[guest] = nowhere;
    this.guests.backup[guest] = nowhere;
  }

  move(guest: GuestIndex, place: Place) {
    this.unplace(guest);
    this.place(guest, place);
  }

  /** What a guest uses from now on; what is not named stays. */
  setLoad(guest: GuestIndex, load: Partial<Amounts>) {
    const place = this.placeOf(guest);
    for (const [at, resource] of resources.entries()) {
      const value = load[resource];
      if (value === undefined) continue;
      const column = guest * width + at;
      const step = kept(resource, value) - (this.guests.load[column] ?? 0);
      this.guests.load[column] = kept(resource, value);
      if (place === undefined) continue;
      add(this.load, place.host * width + at, step);
      if (place.backup !== nowhere && this.copies(guest, at)) {
        add(this.load, place.backup * width + at, step);
      }
    }
    if (place !== undefined) this.changed(place.host, place.backup);
  }

  setHealth(host: HostIndex, health: HostHealth) {
    this.health[host] = health;
    this.changed(host);
  }

  placeOf(guest: GuestIndex): Place | undefined {
    const host = this.guests.host[guest] ?? nowhere;
    return host === nowhere ? undefined : { host, backup: this.guests.backup[guest] ?? nowhere };
  }

  /** Guests that run on a host; not to be kept, as it changes with the cluster. */
  guestsOn(host: HostIndex): readonly GuestIndex[] {
    return this.guestsOf[host] ?? [];
  }

  /** Guests that a host is the backup of. */
  guestsBackedBy(host: HostIndex): ReadonlySet<GuestIndex> {
    return this.backedBy[host] ?? new Set();
  }

  /** Guests that have to be where this one is. */
  followers(guest: GuestIndex): readonly GuestIndex[] {
    return [...(this.followersOf.get(this.guests.describe(guest).name) ?? [])];
  }

  /** @throws Error if there is no host of this name */
  host(name: string): HostIndex {
    const found = this.hostNumbers.get(name);
    if (found === undefined) throw new Error(`there is no host "${name}"`);
    return found;
  }

  hostName(host: HostIndex): string {
    const found = this.hosts[host];
    if (found === undefined) throw new RangeError(`there is no host ${host}`);
    return found.name;
  }

  /** Whether it needs a second host: for the copy of its disk, or because any host may fail. */
  needsBackup(guest: GuestIndex): boolean {
    return this.reserves.counted.length > 0 || this.guests.describe(guest).mirrored === true;
  }

  /** Whether a guest takes this resource (by number) on its backup too. */
  copies(guest: GuestIndex, resource: number): boolean {
    return (
      this.guests.describe(guest).mirrored === true &&
      (resource === diskAt || resource === diskIoAt)
    );
  }

  /** What is left for guests on a host, of one resource by number; kept room is not taken off. */
  free(host: HostIndex, resource: number): number {
    const at = host * width + resource;
    return (this.limit[at] ?? 0) - (this.used[at] ?? 0);
  }

  private groupNumber(name: string): number {
    const known = this.groupNumbers.get(name);
    if (known !== undefined) return known;
    this.groupNumbers.set(name, this.groupNumbers.size);
    return this.groupNumbers.size - 1;
  }

  /** Adds what a guest takes at a place to the totals, or takes it off. */
  private count(guest: GuestIndex, { host, backup }: Place, sign: 1 | -1) {
    const { demand, load, groups } = this.guests;
    for (let at = 0; at < width; at++) {
      const column = guest * width + at;
      add(this.used, host * width + at, sign * (demand[column] ?? 0));
      add(this.load, host * width + at, sign * (load[column] ?? 0));
    }
    this.running.change(host, groups[guest] ?? [], sign);
    if (backup !== nowhere) {
      for (const at of this.copies(guest, diskAt) ? [diskAt, diskIoAt] : []) {
        add(this.used, backup * width + at, sign * (demand[guest * width + at] ?? 0));
        add(this.load, backup * width + at, sign * (load[guest * width + at] ?? 0));
      }
      this.reserves.change(backup, host, demand, guest * width, sign);
      this.backing.change(backup, groups[guest] ?? [], sign);
      if (sign > 0) this.backedBy[backup]?.add(guest);
      else this.backedBy[backup]?.delete(guest);
    }
    this.changed(host, backup);
  }

  private changed(host: HostIndex, backup: HostIndex = nowhere) {
    if (this.changes.length > 65_536) {
      this.forgotten += this.changes.length;
      this.changes.length = 0;
    }
    this.changes.push(host);
    if (backup !== nowhere) this.changes.push(backup);
  }
}

const diskAt = resources.indexOf('disk');
const diskIoAt = resources.indexOf('diskIo');

function add(column: Float64Array, at: number, step: number) {
  column[at] = (column[at] ?? 0) + step;
}

function limitOf(host: HostDescription, resource: Resource, rules: ClusterRules): number {
  const capacity = kept(resource, host.capacity[resource]);
  const promised = kept(resource, capacity * (rules.overcommit?.[resource] ?? 1));
  const reserved = kept(resource, host.reserved?.[resource] ?? 0);
  const free = resource === 'disk' ? Math.floor(capacity * (rules.freeDisk ?? 0)) : 0;
  return promised - reserved - free;
}
