import type { Action, GuestShape } from '../wire/messages/kinds.ts';

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
    readonly storages: readonly string[];
  };
}

export interface GuestRecord extends GuestShape {
  readonly name: string;
  readonly host: string;
  readonly state: 'running' | 'stopped';
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
  /** SHA-256 of what was asked for: the same id must mean the same. */
  readonly digest: string;
  readonly state: 'doing' | 'undoing' | 'done' | 'undone';
  /** Number of the command that is under way. */
  readonly at: number;
  /** What the last command gave for the next one. */
  readonly awaited?: { readonly address: string; readonly note?: string };
  readonly reason?: string;
  /** Why the guest goes where it goes. */
  readonly decision?: string;
  /** When it was accepted, and when it was over; milliseconds since 1970. */
  readonly since?: number;
  readonly ended?: number;
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
      readonly kind: 'advanced';
      readonly id: string;
      readonly to: Pick<OperationRecord, 'state' | 'at' | 'awaited' | 'reason' | 'ended'>;
    };

/** Finished operations that are remembered, so that a request that comes again finds its answer. */
const remembered = 1000;

/** Names come from outside: `constructor` is one. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

export function emptyMaster(): MasterState {
  return { hosts: {}, guests: {}, operations: {}, tokens: {}, issued: {}, revoked: [] };
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
      const record: HostRecord = as ? { name: host, registered: as } : { name: host };
      return { ...state, hosts: { ...state.hosts, [host]: record } };
    }
    case 'accepted': {
      const { operation } = entry;
      return { ...state, operations: { ...forgetOld(state), [operation.id]: operation } };
    }
    case 'advanced': {
      const before = own(state.operations, entry.id);
      if (before === undefined) return state;
      const operation: OperationRecord = { ...before, ...entry.to };
      const operations = { ...state.operations, [entry.id]: operation };
      const guests = operation.state === 'done' ? afterDone(state, operation) : state.guests;
      return { ...state, operations, guests };
    }
  }
}

function issue(state: MasterState, name: string, serial: string): MasterState {
  const serials = [...(own(state.issued, name) ?? []), serial];
  return { ...state, issued: { ...state.issued, [name]: serials } };
}

function afterDone(
  { guests }: MasterState,
  { action, guest, host, target, spec }: OperationRecord,
): MasterState['guests'] {
  const record = own(guests, guest);
  if (action === 'create') {
    return spec ? { ...guests, [guest]: { name: guest, ...spec, host, state: 'running' } } : guests;
  }
  if (record === undefined) return guests;
  switch (action) {
    case 'start':
      return { ...guests, [guest]: { ...record, state: 'running' } };
    case 'stop':
      return { ...guests, [guest]: { ...record, state: 'stopped' } };
    case 'migrate':
      return { ...guests, [guest]: { ...record, host: target ?? host } };
    case 'remove': {
      return Object.fromEntries(Object.entries(guests).filter(([name]) => name !== guest));
    }
  }
}

function forgetOld({ operations }: MasterState): MasterState['operations'] {
  const entries = Object.entries(operations);
  if (entries.length < 2 * remembered) return operations;
  const finished = entries.filter(([, operation]) => !isPending(operation));
  const old = new Set(finished.slice(0, -remembered).map(([id]) => id));
  return Object.fromEntries(entries.filter(([id]) => !old.has(id)));
}

export function isPending({ state }: OperationRecord): boolean {
  return state === 'doing' || state === 'undoing';
}
