import {
  amounts,
  Cluster,
  type GuestDescription,
  type HostHealth,
} from '../../cluster/model/index.ts';
import { seededRandom } from '../../../base/stats/random.ts';
import { Placer, placementPolicy } from '../../cluster/placement/index.ts';
import type { Usage } from '../../agent/runner.ts';
import type { Action, GuestShape } from '../../wire/messages/kinds.ts';
import { Refusal } from '../../wire/refusal.ts';
import { own } from '../records.ts';
import {
  isPending,
  type GuestRecord,
  type HostRecord,
  type MasterState,
  type OperationRecord,
} from '../state.ts';

export interface Question {
  readonly guest: string;
  readonly spec: GuestShape;
  /** The only host that may be chosen. */
  readonly only?: string | undefined;
  /** A host that may not be chosen: where it is. */
  readonly not?: string | undefined;
  /** Where its disk is: it is moved along if no host that may take it reaches that. */
  readonly from?: string | undefined;
  readonly policy: string;
}

export type IsUp = (host: string) => boolean;

/** The cluster of a state, to ask where something could go; it is as before when that is answered. */
export type ClusterFor = (state: MasterState, isUp: IsUp) => Cluster;

export interface Choice {
  readonly host: string;
  /** Why this one, in words. */
  readonly decision: string;
}

/**
 * Chooses a host for a guest by what is promised to the others; what is on its way counts too.
 * @param isUp whether a host takes guests now
 * @throws Refusal that says what keeps which hosts from taking it
 */
export function chooseHost(
  state: MasterState,
  isUp: IsUp,
  question: Question,
  clusterFor: ClusterFor = clusterOf,
): Choice {
  const { guest, spec, only, not, from, policy } = question;
  const cluster = clusterFor(state, isUp);
  const hypervisor = hypervisorOf(state, from);
  expectSame(hypervisor, hypervisorOf(state, only), question);
  const { storage } = spec;
  const reached = storage === undefined ? undefined : storageOf(state, from, storage);
  const placing = policyOf(policy);
  let why = '';
  for (const storages of [reached?.id ?? storage, storage]) {
    const needs = {
      ...(storages !== undefined && { storages: [storages] }),
      ...(hypervisor !== undefined && { hypervisor }),
    };
    const asked = cluster.add({ name: `new ${guest}`, demand: demandOf(spec), ...needs });
    const random = seededRandom(`placement of ${guest}`);
    const placer = new Placer(cluster, { policy: placing, random, last: latest(state, cluster) });
    const allowed = (host: number) => {
      const name = cluster.hostName(host);
      return name !== not && name === (only ?? name);
    };
    const answer = placer.decide(asked, { allowed });
    cluster.remove(asked);
    if (answer.state === 'placed') {
      const host = cluster.hostName(answer.place.host);
      if (only !== undefined) return { host, decision: 'asked for' };
      const up = Object.keys(state.hosts).filter((name) => isUp(name) && name !== not).length;
      const cost = answer.cost === 0 ? '' : `, cost ${answer.cost.toPrecision(3)}`;
      return { host, decision: `${policy} among ${up} host${up === 1 ? '' : 's'}${cost}` };
    }
    why ||= answer.refusal.why;
  }
  const on = only === undefined ? '' : ` on ${only}`;
  throw new Refusal('not allowed', `no place for ${guest}${on}: ${why}`);
}

/** @throws Refusal if there is none of that name */
function policyOf(name: string) {
  try {
    return placementPolicy(name);
  } catch (error) {
    throw new Refusal('not allowed', (error as Error).message, { cause: error });
  }
}

/** Where a guest was placed last: policies that take turns go on from there. */
function latest({ operations }: MasterState, cluster: Cluster): number | undefined {
  const { target, host } =
    Object.values(operations).findLast(({ action }) => comes.includes(action)) ?? {};
  const index = cluster.hosts.findIndex(({ name }) => name === (target ?? host));
  return index < 0 ? undefined : index;
}

/** What runs the guests of a host, if that is known. */
function hypervisorOf({ hosts }: MasterState, host: string | undefined): string | undefined {
  return host === undefined ? undefined : own(hosts, host)?.registered?.hypervisor;
}

/** @throws Refusal if a guest was to go where another hypervisor is */
function expectSame(
  here: string | undefined,
  there: string | undefined,
  { guest, only }: Question,
): void {
  if (here === undefined || there === undefined || here === there) return;
  const why = `${guest} is a guest of ${here}, ${only} has ${there}: guests stay with their hypervisor`;
  throw new Refusal('not allowed', why);
}

/** The storage that a host knows by this name. */
export function storageOf(state: MasterState, host: string | undefined, name: string) {
  const storages = host === undefined ? [] : own(state.hosts, host)?.registered?.storages;
  return storages?.find((storage) => storage.name === name);
}

/** Where disks go if nobody says: to the storage that most hosts share. */
export function usualStorage({ hosts }: MasterState): string | undefined {
  const sharers = new Map<string, { name: string; hosts: number }>();
  for (const { registered } of Object.values(hosts)) {
    for (const { name, id } of registered?.storages ?? []) {
      sharers.set(id, { name, hosts: (sharers.get(id)?.hosts ?? 0) + 1 });
    }
  }
  return [...sharers.values()].sort((a, b) => b.hosts - a.hosts)[0]?.name;
}

/**
 * What is promised on each host; also of guests that are being created or moved. A storage counts by its
 * name and by its id; a guest needs the one that its disk is on.
 * @param usage what guests use, where that is known
 */
export function clusterOf(
  state: MasterState,
  isUp: IsUp,
  usage: (host: string, guest: string) => Usage | undefined = () => undefined,
): Cluster {
  const hosts = Object.values(state.hosts).flatMap((record) => {
    if (record.registered === undefined) return [];
    const { cpu, memory, disk, storages, hypervisor } = record.registered;
    const reached = storages.flatMap((storage) => [storage.name, storage.id]);
    const capacity = amounts({ cpu, memory, disk });
    const health = healthOf(record, isUp);
    return [{ name: record.name, capacity, health, storages: reached, hypervisor }];
  });
  const guests = promised(state).map(([name, record]) => guestOf(state, name, record, usage));
  return new Cluster({ hosts, guests });
}

export function healthOf({ name, fenced, draining }: HostRecord, isUp: IsUp): HostHealth {
  if (fenced !== undefined) return 'down';
  if (!isUp(name)) return 'suspect';
  return draining === true ? 'draining' : 'up';
}

/** By its name in the cluster. */
export type Promised = readonly [name: string, record: GuestRecord | OperationRecord];

/** All that takes room: guests, and those that are being created or moved. */
export function promised({ guests, operations }: MasterState): Promised[] {
  const all: Promised[] = Object.values(guests).map((guest) => [guest.name, guest]);
  for (const operation of Object.values(operations)) {
    if (!isPending(operation) || !operation.spec || !comes.includes(operation.action)) continue;
    all.push([`operation ${operation.id}`, operation]);
  }
  return all;
}

/** As the cluster has it; depends on the record and on what its host has registered. */
export function guestOf(
  state: MasterState,
  name: string,
  record: GuestRecord | OperationRecord,
  usage: (host: string, guest: string) => Usage | undefined = () => undefined,
): GuestDescription {
  const [at, spec] =
    'action' in record
      ? [record.target ?? record.host, record.spec as GuestShape]
      : [record.host, record];
  const disk = spec.storage === undefined ? undefined : storageOf(state, at, spec.storage);
  const load = usage(at, name);
  const hypervisor = hypervisorOf(state, at);
  return {
    name,
    demand: demandOf(spec),
    ...(load && { load: { cpu: load.cpu, memory: load.memory } }),
    ...(own(state.hosts, at)?.registered && { place: { host: at } }),
    ...(disk && { storages: [disk.id] }),
    ...(hypervisor !== undefined && { hypervisor }),
  };
}

/** What takes room on a host on which the guest is not yet. */
const comes: readonly Action[] = ['create', 'migrate', 'restart', 'convert'];

function demandOf({ vcpus, memory, disk }: GuestShape) {
  return amounts({ cpu: vcpus, memory, disk });
}
