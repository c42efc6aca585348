import type { FencingProof } from '../cluster/failover/health.ts';
import { guestsAfter } from './changed-guest.ts';
import { own, without } from './records.ts';
import type { Action, Change, GuestShape } from '../wire/messages/kinds.ts';

/** A host that has joined; amounts as its agent has registered them, absent before that. */
export interface HostRecord {
  readonly name: string;
  readonly registered?: {
    /** `host:port` of its agent. */
    readonly address: string;
    readonly cpu: number;
    readonly memory: number;
    readonly disk: number;
    readonly hypervisor: string;
    /** `id` is the same where it is the same storage. */
    readonly storages: readonly { readonly name: string; readonly id: string }[];
    /** Which life of the host this is. */
    readonly boot: string;
    /** See `register`. */
    readonly lease?: number | undefined;
  };
  /** That this life of it is over. */
  readonly fenced?: FencingProof;
  /** It takes no guests, since it was evacuated. */
  readonly draining?: true | undefined;
}

export interface GuestRecord extends GuestShape {
  readonly name: string;
  readonly host: string;
  readonly state: 'running' | 'stopped';
  /** Disks beside its own: bytes, by name. */
  readonly plugged?: Readonly<Record<string, number>> | undefined;
  /** Its host was lost, and it runs on no other yet. */
  readonly waiting?: true | undefined;
  /** It was converted from a machine: its host's agent does not run it. */
  readonly unmanaged?: true | undefined;
}

/** Something that was accepted. Until it is done or undone, `at` says how far it has come. */
export interface OperationRecord {
  readonly id: string;
  readonly action: Action;
  readonly guest: string;
  /** Where the guest is, or shall be created. */
  readonly host: string;
  /** Where it shall be moved. */
  readonly target?: string;
  readonly spec?: GuestShape;
  readonly change?: Change;
  /** Another operation that has to be over before. */
  readonly after?: string;
  /** Where that one is undone, this one is not begun. */
  readonly onlyIfDone?: true;
  /** The arrangement or failure that it is a part of. */
  readonly part?: string;
  /** SHA-256 of what was asked for: the same id must mean the same. */
  readonly digest: string;
  readonly state: 'doing' | 'undoing' | 'done' | 'undone';
  /** Number of the command that is under way. */
  readonly at: number;
  /** What the last command gave for the next one. */
  readonly awaited?: { readonly address: string; readonly note?: string };
  /** How often undoing has failed at this command, and from when on it is tried again (ms since 1970). */
  readonly retry?: { readonly failed: number; readonly from: number } | undefined;
  readonly reason?: string;
  /** Why the guest goes where it goes. */
  readonly decision?: string;
  /** When it was accepted, and when it was over; milliseconds since 1970. */
  readonly since?: number;
  readonly ended?: number;
  /** What came of it, in words. */
  readonly result?: string;
}

/** Several moves that were decided at once. */
export interface ArrangementRecord {
  /** SHA-256 of what was asked for. */
  readonly digest: string;
  /** Ids, in order. */
  readonly operations: readonly string[];
  readonly left: readonly { readonly guest: string; readonly why: string }[];
}

/** A token to join with, of which only the digest is kept. */
export interface TokenRecord {
  readonly digest: string;
  readonly host: string;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** What it was used for: for the same request the same certificate is given again. */
  readonly used?: { readonly request: string; readonly certificate: string };
}

/** All that the master has accepted. */
export interface MasterState {
  readonly hosts: Readonly<Record<string, HostRecord>>;
  readonly guests: Readonly<Record<string, GuestRecord>>;
  readonly operations: Readonly<Record<string, OperationRecord>>;
  readonly arrangements: Readonly<Record<string, ArrangementRecord>>;
  readonly tokens: Readonly<Record<string, TokenRecord>>;
  /** Serials of certificates by the name of their holder. */
  readonly issued: Readonly<Record<string, readonly string[]>>;
  readonly revoked: readonly string[];
}

export type MasterEntry =
  | { readonly kind: 'invited'; readonly token: string; readonly record: TokenRecord }
  | {
      readonly kind: 'joined';
      readonly token: string;
      readonly host: string;
      readonly serial: string;
      readonly used: { readonly request: string; readonly certificate: string };
    }
  | { readonly kind: 'renewed'; readonly name: string; readonly serial: string }
  | { readonly kind: 'revoked'; readonly name: string; readonly serials: readonly string[] }
  | { readonly kind: 'registered'; readonly host: string; readonly as: HostRecord['registered'] }
  | { readonly kind: 'accepted'; readonly operation: OperationRecord }
  | {
      readonly kind: 'arranged';
      readonly id: string;
      readonly record: ArrangementRecord;
      readonly operations: readonly OperationRecord[];
      /** A host that takes guests no more, or again. */
      readonly draining?: { readonly host: string; readonly on: boolean };
    }
  | {
      readonly kind: 'advanced';
      readonly id: string;
      readonly to: Pick<
        OperationRecord,
        'state' | 'at' | 'awaited' | 'retry' | 'reason' | 'result' | 'ended'
      >;
    }
  /** A host is no member any more, nor are the guests that were lost with it. */
  | {
      readonly kind: 'expelled';
      readonly host: string;
      readonly serials: readonly string[];
      readonly guests: readonly string[];
    }
  /** Proof that a host runs nothing any more. */
  | { readonly kind: 'fenced'; readonly host: string; readonly proof: FencingProof }
  /** Guests of a fenced host are started elsewhere; `waiting` have no place yet, or an operation of theirs goes on. */
  | {
      readonly kind: 'failover';
      readonly operations: readonly OperationRecord[];
      readonly waiting: readonly string[];
    };

/** Finished operations that are remembered, so that a request that comes again finds its answer. */
const remembered = 1000;

export function emptyMaster(): MasterState {
  const empty = { hosts: {}, guests: {}, operations: {}, arrangements: {}, tokens: {}, issued: {} };
  return { ...empty, revoked: [] };
}

/** The state after one more entry. */
export function reduceMaster(state: MasterState, entry: MasterEntry): MasterState {
  switch (entry.kind) {
    case 'invited':
      return { ...state, tokens: { ...state.tokens, [entry.token]: entry.record } };
    case 'joined': {
      const { token, host, serial, used } = entry;
      const record = own(state.tokens, token);
      return {
        ...issue(state, host, serial),
        hosts: { ...state.hosts, [host]: own(state.hosts, host) ?? { name: host } },
        tokens: record ? { ...state.tokens, [token]: { ...record, used } } : state.tokens,
      };
    }
    case 'renewed':
      return issue(state, entry.name, entry.serial);
    case 'revoked':
      return { ...state, revoked: [...new Set([...state.revoked, ...entry.serials])] };
    case 'registered': {
      const { host, as } = entry;
      const { fenced, ...before } = own(state.hosts, host) ?? { name: host };
      const record: HostRecord = {
        ...before,
        ...(as && { registered: as }),
        // The proof is of one life only.
        ...(fenced && fenced.boot === as?.boot && { fenced }),
      };
      return { ...state, hosts: { ...state.hosts, [host]: record } };
    }
    case 'accepted': {
      const { operation } = entry;
      return { ...state, operations: { ...forgetOld(state), [operation.id]: operation } };
    }
    case 'arranged': {
      const { id, record, operations, draining } = entry;
      return {
        ...state,
        operations: { ...forgetOld(state), ...byId(operations) },
        arrangements: { ...lastOf(state.arrangements), [id]: record },
        hosts: draining ? drained(state.hosts, draining) : state.hosts,
      };
    }
    case 'fenced': {
      const host = own(state.hosts, entry.host);
      if (host === undefined) return state;
      return { ...state, hosts: { ...state.hosts, [host.name]: { ...host, fenced: entry.proof } } };
    }
    case 'expelled': {
      const { host, serials, guests } = entry;
      return {
        ...state,
        hosts: without(state.hosts, [host]),
        guests: without(state.guests, guests),
        issued: without(state.issued, [host]),
        revoked: [...new Set([...state.revoked, ...serials])],
      };
    }
    case 'failover': {
      const guests = { ...state.guests };
      const lost = [...entry.waiting, ...entry.operations.map(({ guest }) => guest)];
      for (const name of lost) {
        const guest = own(guests, name);
        if (guest !== undefined) guests[name] = { ...guest, state: 'stopped', waiting: true };
      }
      const operations = { ...forgetOld(state), ...byId(entry.operations) };
      return { ...state, guests, operations };
    }
    case 'advanced': {
      const before = own(state.operations, entry.id);
      if (before === undefined) return state;
      const operation: OperationRecord = { ...before, retry: undefined, ...entry.to };
      const operations = { ...state.operations, [entry.id]: operation };
      const guests = operation.state === 'done' ? guestsAfter(state, operation) : state.guests;
      return { ...state, operations, guests };
    }
  }
}

function byId(operations: readonly OperationRecord[]): MasterState['operations'] {
  return Object.fromEntries(operations.map((operation) => [operation.id, operation]));
}

function lastOf<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).slice(-remembered));
}

function drained(
  hosts: MasterState['hosts'],
  { host, on }: { host: string; on: boolean },
): MasterState['hosts'] {
  const record = own(hosts, host);
  if (record === undefined) return hosts;
  return { ...hosts, [host]: { ...record, draining: on ? true : undefined } };
}

function issue(state: MasterState, name: string, serial: string): MasterState {
  const serials = [...(own(state.issued, name) ?? []), serial];
  return { ...state, issued: { ...state.issued, [name]: serials } };
}

function forgetOld({ operations }: MasterState): MasterState['operations'] {
  if (Object.keys(operations).length < 2 * remembered) return operations;
  const finished = Object.values(operations).filter((operation) => !isPending(operation));
  return without(
    operations,
    finished.slice(0, -remembered).map(({ id }) => id),
  );
}

export function isPending({ state }: OperationRecord): boolean {
  return state === 'doing' || state === 'undoing';
}
