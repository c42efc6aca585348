import { resources } from '../cluster/model/index.ts';
import { bodies, type Body, type BodyOf } from '../wire/messages/kinds.ts';
import { writeShape } from '../wire/messages/shape.ts';
import { Refusal } from '../wire/refusal.ts';
import type { Directors } from './directors.ts';
import type { Liveness } from './liveness.ts';
import type { ClusterFor } from './operations/placing.ts';
import type { HostWatch } from './failover/host-watch.ts';
import { own } from './records.ts';
import { isPending, type GuestRecord, type MasterState, type OperationRecord } from './state.ts';

/** Bytes of a document that is less than 1 MiB also when it is sealed, which makes it a third longer. */
const room = 700_000;

export interface ReportOptions {
  readonly state: MasterState;
  readonly liveness: Liveness;
  readonly directors: Directors;
  readonly watch: HostWatch;
  readonly clusterFor: ClusterFor;
  readonly cluster: string;
  readonly sealing: string;
  /** Seconds since the master started. */
  readonly uptime: number;
}

/** Answers what an operator wants to know. */
export function report({ what, id, after }: BodyOf<'query'>, options: ReportOptions): Body {
  const { state, directors } = options;
  switch (what) {
    case 'status':
      return statusOf(options);
    case 'hosts':
      return hostsOf(options);
    case 'guests':
      return guestsOf(options, after);
    case 'services':
      return { kind: 'services', directors: directors.all() };
    case 'operations': {
      // Asked again and again until it is over: nothing else is looked at.
      if (id !== undefined) return { kind: 'operation', ...operationOf(known(state, id)) };
      const operations = Object.values(state.operations).slice(-1000).map(operationOf);
      return { kind: 'operations', operations: newest(operations), left: [] };
    }
  }
}

function known({ operations }: MasterState, id: string): OperationRecord {
  const operation = own(operations, id);
  if (operation === undefined) throw new Refusal('not allowed', `there is no operation ${id}`);
  return operation;
}

function statusOf({ state, liveness, cluster, sealing, uptime }: ReportOptions): Body {
  const hosts = Object.keys(state.hosts);
  const guests = Object.values(state.guests);
  return {
    kind: 'status',
    ...{ cluster, sealing, uptime },
    hosts: hosts.length,
    up: hosts.filter((host) => liveness.isUp(host)).length,
    guests: guests.length,
    running: guests.filter((guest) => guest.state === 'running' && !guest.unmanaged).length,
    pending: Object.values(state.operations).filter(isPending).length,
  };
}

export function operationOf(operation: OperationRecord) {
  const { id, action, guest, host, target, reason, state } = operation;
  const { decision, since, ended, result, part } = operation;
  const known = state === 'done' || state === 'undone' ? state : ('accepted' as const);
  const times = { since, ended };
  return {
    id,
    action,
    guest,
    state: known,
    host,
    target,
    reason,
    decision,
    ...times,
    result,
    part,
  };
}

function guestsOf({ state, liveness }: ReportOptions, after = ''): BodyOf<'guests'> {
  const rest = Object.values(state.guests).filter(({ name }) => name > after);
  const all = sorted(rest).map((guest) => guestOf(guest, liveness));
  const fit = fitting(all, (each) => writeShape('guests', bodies.guests, { guests: [each] }));
  const guests = all.slice(0, fit);
  const more = fit < all.length ? guests.at(-1)?.name : undefined;
  return { kind: 'guests', guests, ...(more !== undefined && { more }) };
}

function newest<T extends ReturnType<typeof operationOf>>(all: readonly T[]): T[] {
  const backwards = all.toReversed();
  const fit = fitting(backwards, (each) => writeShape('operation', bodies.operation, each));
  return backwards.slice(0, fit).reverse();
}

/** How many of them fit into a document. */
function fitting<T>(all: readonly T[], write: (each: T) => string): number {
  let size = 0;
  const first = all.findIndex((each) => (size += Buffer.byteLength(write(each))) > room);
  return first === -1 ? all.length : first;
}

function guestOf(guest: GuestRecord, liveness: Liveness) {
  const usage = liveness.usage(guest.host, guest.name);
  return {
    ...guest,
    state: seen(guest, liveness),
    ...(usage && { cpuUsed: usage.cpu, memoryUsed: usage.memory }),
  };
}

/** What its host says now, where that can be known. */
function seen(guest: GuestRecord, liveness: Liveness) {
  if (!liveness.isUp(guest.host)) return 'unknown' as const;
  if (guest.unmanaged) return 'unmanaged' as const;
  return liveness.guest(guest.host, guest.name) ?? ('stopped' as const);
}

function hostsOf({ state, liveness, watch, clusterFor }: ReportOptions): BodyOf<'hosts'> {
  const cluster = clusterFor(state, (host) => liveness.isUp(host));
  const usedOf = (host: string) => {
    const at = cluster.host(host) * resources.length;
    const [cpu = 0, memory = 0, disk = 0] = cluster.used.subarray(at, at + 3);
    return { cpuUsed: cpu, memoryUsed: memory, diskUsed: disk };
  };
  const guests = new Map<string, number>();
  for (const { host } of Object.values(state.guests)) guests.set(host, (guests.get(host) ?? 0) + 1);
  return {
    kind: 'hosts',
    hosts: sorted(Object.values(state.hosts)).map(({ name, registered, draining, fenced }) => ({
      name,
      address: registered?.address,
      health: fenced ? 'down' : !liveness.isUp(name) ? 'suspect' : draining ? 'draining' : 'up',
      cpu: registered?.cpu ?? 0,
      memory: registered?.memory ?? 0,
      disk: registered?.disk ?? 0,
      ...(registered ? usedOf(name) : { cpuUsed: 0, memoryUsed: 0, diskUsed: 0 }),
      guests: guests.get(name) ?? 0,
      silent: liveness.silent(name),
      note: watch.note(name),
      ...liveness.load(name),
    })),
  };
}

function sorted<T extends { readonly name: string }>(all: readonly T[]): T[] {
  return [...all].sort((a, b) => (a.name < b.name ? -1 : 1));
}
