import { base64, choice, decimal, endpoint, flag, id, name, text, whole } from './scalars.ts';
import { list, maybe, part, type Infer, type Members } from './shape.ts';

/** What a guest does, as its host's agent sees it. */
export const guestState = choice('guestState', ['running', 'paused', 'stopped', 'failed']);

/** What an operator may ask the master to do with a guest. */
export const action = choice('action', ['create', 'start', 'stop', 'remove', 'migrate']);

/**
 * What the master may tell an agent to do. `receive`: make a place that a guest can be moved to;
 * `send`: move it to a host that has one; `discard`: take such a place away again.
 */
export const step = choice('step', [
  ...['create', 'start', 'stop', 'remove'],
  ...['receive', 'send', 'discard'],
] as const);

const outcome = choice('outcome', ['done', 'failed']);
const operationState = choice('operationState', ['accepted', 'done', 'undone']);
const health = choice('health', ['up', 'draining', 'suspect', 'down']);

/** What a guest shall be; memory and disk in bytes. */
const guestSpec = { vcpus: whole, memory: whole, disk: whole, image: name } as const;

const operation = {
  id,
  action,
  guest: name,
  state: operationState,
  host: maybe(name),
  target: maybe(name),
  reason: maybe(text),
  /** Why there: what the policy has said. */
  decision: maybe(text),
  /** When it was accepted, and when it was over; milliseconds since 1970. */
  since: maybe(whole),
  ended: maybe(whole),
} as const;

/** Everything that a session message may hold, by the name of its element. */
export const bodies = {
  /** Agent: I am here, and this is what my host has; bytes, bytes a second. */
  register: {
    address: endpoint,
    boot: id,
    cpu: decimal,
    memory: whole,
    disk: whole,
    hypervisor: name,
    storages: list('storage', { name }),
  },
  /**
   * Agent: I live; these guests are here. `results` are repeated until the master has answered, and
   * `boot` changes when the agent has started anew.
   */
  heartbeat: {
    boot: id,
    /** Processes that want to run, averaged over a minute; bytes that are free for new ones. */
    load: maybe(decimal),
    memoryFree: maybe(whole),
    guests: list('guest', { name, state: guestState }),
    results: list('result', {
      command: id,
      outcome,
      reason: maybe(text),
      address: maybe(endpoint),
      note: maybe(text),
    }),
  },
  /** Agent: a certificate for a new key (PKCS #10, DER). */
  renew: { request: base64 },
  /** Master: do this. The same id is the same command, however often it comes. */
  command: {
    id,
    step,
    guest: name,
    spec: part('spec', guestSpec),
    /** Where `send` sends it: host, and where the guest is awaited. */
    target: part('target', { host: name, address: endpoint, note: maybe(text) }),
  },
  /** Operator: do this, once, however often the same id comes. */
  submit: {
    id,
    action,
    guest: name,
    host: maybe(name),
    policy: maybe(name),
    dryRun: flag,
    spec: part('spec', guestSpec),
  },
  /** Operator: what is there? `id` asks for one operation. */
  query: { what: choice('what', ['status', 'hosts', 'guests', 'operations']), id: maybe(id) },
  /** Operator: let a host join, once. */
  invite: { host: name },
  /** Operator: trust no certificate of this name any more. */
  revoke: { name },
  /** The answer where there is nothing more to say; with what agents have to know. */
  ok: { revoked: list('revoked', { serial: id }) },
  refused: { reason: text },
  /** X.509, DER. */
  certificate: { certificate: base64 },
  invitation: { token: id },
  operation,
  status: {
    cluster: id,
    hosts: whole,
    up: whole,
    guests: whole,
    running: whole,
    /** Accepted, neither done nor undone. */
    pending: whole,
    /** Seconds since the master started. */
    uptime: decimal,
    sealing: name,
  },
  hosts: {
    hosts: list('host', {
      name,
      address: maybe(endpoint),
      health,
      cpu: decimal,
      memory: whole,
      disk: whole,
      cpuUsed: decimal,
      memoryUsed: whole,
      diskUsed: whole,
      guests: whole,
      /** Seconds since the last heartbeat. */
      silent: maybe(decimal),
      /** As in the last heartbeat. */
      load: maybe(decimal),
      memoryFree: maybe(whole),
    }),
  },
  guests: {
    guests: list('guest', {
      name,
      state: choice('knownState', ['running', 'paused', 'stopped', 'failed', 'unknown']),
      host: maybe(name),
      vcpus: whole,
      memory: whole,
      disk: whole,
      image: name,
    }),
  },
  operations: { operations: list('operation', operation) },
} as const satisfies Readonly<Record<string, Members>>;

export type Kind = keyof typeof bodies;

/** What a message says; `kind` is the name of the element that holds it. */
export type Body = { [K in Kind]: { readonly kind: K } & Infer<(typeof bodies)[K]> }[Kind];

export type BodyOf<K extends Kind> = Extract<Body, { kind: K }>;
export type Step = BodyOf<'command'>['step'];
export type Action = BodyOf<'submit'>['action'];
export type GuestState = BodyOf<'heartbeat'>['guests'][number]['state'];
/** Sizes in bytes. */
export type GuestShape = Infer<typeof guestSpec>;
