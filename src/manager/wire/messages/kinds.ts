import { director } from './director.ts';
import {
  base64,
  choice,
  decimal,
  endpoint,
  flag,
  guestAddress,
  id,
  name,
  text,
  whole,
} from './scalars.ts';
import { list, maybe, part, type Infer, type Members } from './shape.ts';

/** What a guest does, as its host's agent sees it. */
export const guestState = choice('guestState', ['running', 'paused', 'stopped', 'failed']);

/** What an operator may ask the master to do with a guest. */
export const action = choice('action', [
  ...['create', 'start', 'stop', 'remove', 'migrate', 'plug', 'unplug'],
  /** Only the master's own: start a guest of a fenced host elsewhere. */
  'restart',
  /** Only by `adopt`: a machine that is converted into a guest, past the agent. */
  'convert',
] as const);

/**
 * What the master may tell an agent to do. `check`: say whether a guest can be moved; `receive`: make a
 * place that a guest can be moved to; `send`: move it to a host that has one; `discard`: take such a
 * place away again; `resume`: let a guest go on that was held for a move that came to nothing; `forget`:
 * a guest that was here belongs to another host now, nothing of it may run here any more.
 */
export const step = choice('step', [
  ...['create', 'start', 'stop', 'remove', 'plug', 'unplug'],
  ...['check', 'receive', 'send', 'discard', 'resume', 'forget'],
] as const);

/** How guests are moved in one go. `return`: a host that was evacuated takes guests again. */
export const arrangement = choice('arrangement', [
  'evacuate',
  'return',
  'rebalance',
  'consolidate',
]);

const outcome = choice('outcome', ['done', 'failed']);
const operationState = choice('operationState', ['accepted', 'done', 'undone']);
const health = choice('health', ['up', 'draining', 'suspect', 'down']);

/** What a guest shall be; memory and disk in bytes. */
const guestSpec = {
  vcpus: whole,
  memory: whole,
  disk: whole,
  image: name,
  /** Name of the storage that its disk is on; absent: its host has no storages. */
  storage: maybe(name),
  /** Its own, such as `10.0.0.5/24`; absent: a link-local one. */
  address: maybe(guestAddress),
  /** What `plug` may raise them to; absent: no more than it has. */
  maxVcpus: maybe(whole),
  maxMemory: maybe(whole),
} as const;

/** What is plugged into a guest, or out of it. */
const change = {
  what: choice('pluggable', ['vcpus', 'memory', 'disk', 'nic']),
  /** vCPUs, or bytes of memory or of a new disk. */
  amount: maybe(whole),
  /** Of what is taken out: the name of a disk or the MAC of a NIC, as `plug` told it. */
  device: maybe(id),
} as const;

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
  /** What came of it: the name of a new disk. */
  result: maybe(text),
  /** What this one is a part of. */
  part: maybe(id),
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
    /**
     * Seconds after the last message that was answered within which nothing of its guests runs any more,
     * by lease and watchdog; absent: it holds no lease.
     */
    lease: maybe(decimal),
    /** Storages of the same id are the same: what one host writes there the others see. */
    storages: list('storage', { name, id }),
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
    /** With what they use: cores, bytes. */
    guests: list('guest', {
      name,
      state: guestState,
      cpu: maybe(decimal),
      memory: maybe(whole),
    }),
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
    /** Of the master, where there are several; one that has led before is not obeyed any more. */
    term: maybe(whole),
    change: part('change', change),
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
    change: part('change', change),
  },
  /**
   * Operator: move guests as is best for all, once. Answered by `operations`: the moves, in the order in
   * which they are done, one after the other. `host` is the one to evacuate or to return.
   */
  arrange: { id, what: arrangement, host: maybe(name), dryRun: flag },
  /**
   * Operator: choose hosts for machines that are to be converted into guests, and keep their room until
   * `settle` tells what became of each. Answered by `operations`. Amounts are what each will need;
   * `refused` says why one cannot be converted at all.
   */
  adopt: {
    id,
    dryRun: flag,
    machines: list('machine', {
      ...{ name, vcpus: whole, memory: whole, disk: whole },
      refused: maybe(text),
    }),
  },
  /** Operator: a conversion has come to its end. `id` is that of its operation, which is the answer. */
  settle: { id, outcome, reason: maybe(text) },
  /**
   * Operator who shares the services behind a director: how they are now, about once a second. `run` is
   * the same in all that one process sends; `over`: it ends, and the director is to be forgotten.
   */
  share: { run: id, over: flag, director: part('director', director) },
  /** Operator: what is there? `id` asks for one operation, `after` for the guests from there on. */
  query: {
    what: choice('what', ['status', 'hosts', 'guests', 'services', 'operations']),
    ...{ id: maybe(id), after: maybe(name) },
  },
  /** Operator: let a host join, once. */
  invite: { host: name },
  /** Operator: trust no certificate of this name any more. */
  revoke: { name },
  /** Operator: count a silent host as off, who has seen to that without us. */
  confirmFenced: { host: name },
  /** Operator: let a host be a member no more; `guests`: forget those that were lost with it. */
  removeHost: { host: name, guests: flag },
  /** The answer where there is nothing more to say; with what agents have to know. */
  ok: { revoked: list('revoked', { serial: id }), term: maybe(whole) },
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
      /** Why its guests are not started elsewhere, where that is to be expected. */
      note: maybe(text),
      /** As in the last heartbeat. */
      load: maybe(decimal),
      memoryFree: maybe(whole),
    }),
  },
  /** By name. `more`: those after this one are in another document. */
  guests: {
    more: maybe(name),
    guests: list('guest', {
      name,
      /** `unmanaged`: it was converted, and its host's agent does not run it. */
      state: choice('knownState', [
        ...['running', 'paused', 'stopped', 'failed', 'unknown', 'unmanaged'],
      ] as const),
      host: maybe(name),
      vcpus: whole,
      memory: whole,
      disk: whole,
      image: name,
      storage: maybe(name),
      address: maybe(guestAddress),
      /** What it uses, as its host measures: cores, bytes. */
      cpuUsed: maybe(decimal),
      memoryUsed: maybe(whole),
    }),
  },
  /** As who shares them has told last, `silent` seconds ago. */
  services: { directors: list('director', { ...director, silent: decimal }) },
  /** `left`: guests that an arrangement leaves where they are, and why. */
  operations: {
    operations: list('operation', operation),
    left: list('left', { guest: name, why: text }),
  },
} as const satisfies Readonly<Record<string, Members>>;

/** Note of an agent that does not discard a guest, since it has come and runs there. */
export const runsHere = 'runs';

export type Kind = keyof typeof bodies;

/** What a message says; `kind` is the name of the element that holds it. */
export type Body = { [K in Kind]: { readonly kind: K } & Infer<(typeof bodies)[K]> }[Kind];

export type BodyOf<K extends Kind> = Extract<Body, { kind: K }>;
export type Step = BodyOf<'command'>['step'];
export type Arrangement = BodyOf<'arrange'>['what'];
/** What is plugged; see `change` of a command. */
export type Change = Infer<typeof change>;
export type Action = BodyOf<'submit'>['action'];
/** Services behind one director, as it was told of last. */
export type SharedDirector = Infer<typeof director>;
export type GuestState = BodyOf<'heartbeat'>['guests'][number]['state'];
/** Sizes in bytes. */
export type GuestShape = Infer<typeof guestSpec>;
