import { resources } from '../cluster/model/index.ts';
import type { Body, BodyOf } from '../wire/messages/kinds.ts';
import { Refusal } from '../wire/refusal.ts';
import type { Directors } from './directors.ts';
import type { Liveness } from './liveness.ts';
import { clusterOf } from './operations/placing.ts';
import type { HostWatch } from './failover/host-watch.ts';
import {
  isPending,
  own,
  type GuestRecord,
  type MasterState,
  type OperationRecord,
} from './state.ts';

export interface ReportOptions {
  readonly state: MasterState;
  readonly liveness: Liveness;
  readonly directors: Directors;
  readonly watch: HostWatch;
  readonly cluster: string;
  readonly sealing: string;
  /** Seconds since the master started. */
  readonly uptime: number;
}

/** Answers what an operator wants to know. */
export function report({ what, id }: BodyOf<'query'>, options: ReportOptions): Body {
  const { state, liveness, watch, cluster, sealing, uptime } = options;
  const hosts = Object.keys(state.hosts);
  const guests = Object.values(state.guests);
  const operations = Object.values(state.operations);
  switch (what) {
    case 'status':
      return {
        kind: 'status',
        ...{ cluster, sealing, uptime },
        hosts: hosts.length,
        up: hosts.filter((host) => liveness.isUp(host)).length,
        guests: guests.length,
        running: guests.filter((guest) => guest.state === 'running' && !guest.unmanaged).length,
        pending: operations.filter(isPending).length,
      };
    case 'hosts':
      return hostsOf(state, liveness, watch);
    case 'guests':
      return {
        kind: 'guests',
        guests: sorted(guests).map((guest) => guestOf(guest, liveness)),
      };
    case 'services':
      return { kind: 'services', directors: options.directors.all() };
    case 'operations': {
      if (id === undefined) {
        const operationsOf = operations.slice(-1000).map(operationOf);
        return { kind: 'operations', operations: operationsOf, left: [] };
      }
      const operation = own(state.operations, id);
      if (operation === undefined) throw new Refusal('not allowed', `there is no operation ${id}`);
      return { kind: 'operation', ...operationOf(operation) };
    }
  }
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

function hostsOf(state: MasterState, liveness: Liveness, watch: HostWatch): BodyOf<'hosts'> {
  const cluster = clusterOf(state, (host) => liveness.isUp(host));
  const usedOf = (host: string) => {
    const at = cluster.host(host) * resources.length;
    const [cpu = 0, memory = 0, disk = 0] = cluster.used.subarray(at, at + 3);
    return { cpuUsed: cpu, memoryUsed: memory, diskUsed: disk };
  };
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
      guests: Object.values(state.guests).filter(({ host }) => host === name).length,
      silent: liveness.silent(name),
      note: watch.note(name),
      ...liveness.load(name),
    })),
  };
}

function sorted<T extends { readonly name: string }>(all: readonly T[]): T[] {
  return [...all].sort((a, b) => (a.name < b.name ? -1 : 1));
}
