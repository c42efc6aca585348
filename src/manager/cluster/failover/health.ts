/** How long a silence may last, in seconds. */
export interface HeartbeatRules {
  /** Between two heartbeats of a host. */
  readonly interval: number;
  /** A host that has missed so many in a row is suspect. */
  readonly missed: number;
  /** From suspicion to the order to fence, for a host that only stumbled. */
  readonly grace: number;
}

/** Heartbeats each second, suspect after five missed ones, fenced five seconds later. */
export const usualHeartbeats: HeartbeatRules = { interval: 1, missed: 5, grace: 5 };

/** That a host can run and write nothing any more. */
export interface FencingProof {
  /** What proves it: `power is off, says the BMC`, `its lease on the storage has ended`, a person. */
  readonly by: string;
  /** Seconds, on the clock of heartbeats: when it was found so. */
  readonly at: number;
  /** Which life of the host was ended: a proof of an earlier one proves nothing. */
  readonly boot: string;
}

/** A host as the manager knows it. `boot` names one life of it, from its start to its end. */
export interface WatchedHost {
  readonly id: string;
  readonly boot: string;
  /** Last heartbeat of that life, in seconds. */
  readonly lastSeen: number;
  readonly health: HostHealth;
}

/**
 * `alive` → `suspect` → `fencing` → `fenced`. A heartbeat brings back a host that is suspect, or of which
 * it is known that it could not be fenced; one that is being fenced may still be cut off by the order that
 * is on its way, so only proof ends that.
 */
export type HostHealth =
  | { readonly state: 'alive' }
  | { readonly state: 'suspect'; readonly since: number }
  | {
      readonly state: 'fencing';
      readonly since: number;
      /** Why the last try did not succeed. */
      readonly failed?: string;
    }
  | { readonly state: 'fenced'; readonly proof: FencingProof };

/** What reaches the manager about one host. */
export type HostSignal =
  | { readonly type: 'heartbeat'; readonly at: number; readonly boot: string }
  | { readonly type: 'time'; readonly at: number }
  | { readonly type: 'fenced'; readonly proof: FencingProof }
  | { readonly type: 'fencing-failed'; readonly at: number; readonly why: string };

export interface Watched {
  readonly host: WatchedHost;
  /** What is to be done now. */
  readonly order?: 'fence';
  /** Why the signal changed nothing, where it was expected to. */
  readonly refusal?: string;
}

/** A host from its first heartbeat on. */
export function watchHost(id: string, boot: string, at: number): WatchedHost {
  return { id, boot, lastSeen: at, health: { state: 'alive' } };
}

/** What a signal makes of a host. */
export function hear(host: WatchedHost, signal: HostSignal, rules: HeartbeatRules): Watched {
  switch (signal.type) {
    case 'heartbeat':
      return heartbeat(host, signal.boot, signal.at);
    case 'time':
      return timePasses(host, signal.at, rules);
    case 'fenced':
      return fenced(host, signal.proof);
    case 'fencing-failed':
      return host.health.state === 'fencing'
        ? { host: { ...host, health: { ...host.health, failed: signal.why } }, order: 'fence' }
        : { host };
  }
}

function heartbeat(host: WatchedHost, boot: string, at: number): Watched {
  const { id, health } = host;
  if (boot !== host.boot) {
    // Only once the earlier life is proven to be over: else it might be a second machine of that name.
    if (health.state === 'fenced') return { host: watchHost(id, boot, at) };
    const refusal = `host ${id} answers as ${boot}, but nothing proves that ${host.boot} has ended`;
    return { host, refusal };
  }
  if (health.state === 'fenced') {
    return { host, refusal: `host ${id} was fenced: it has to start anew before it may join` };
  }
  const lastSeen = Math.max(host.lastSeen, at);
  // Proof of an order that comes after this one is older than it, and proves nothing.
  if (health.state === 'fencing' && health.failed === undefined) {
    return { host: { ...host, lastSeen } };
  }
  return { host: { ...host, lastSeen, health: { state: 'alive' } } };
}

function timePasses(host: WatchedHost, at: number, rules: HeartbeatRules): Watched {
  const { health } = host;
  if (health.state === 'alive' && at - host.lastSeen >= rules.interval * rules.missed) {
    return timePasses({ ...host, health: { state: 'suspect', since: at } }, at, rules);
  }
  if (health.state === 'suspect' && at - health.since >= rules.grace) {
    return { host: { ...host, health: { state: 'fencing', since: at } }, order: 'fence' };
  }
  return { host };
}

function fenced(host: WatchedHost, proof: FencingProof): Watched {
  if (proof.boot !== host.boot) {
    const refusal = `the proof that host ${host.id} is fenced is of ${proof.boot}, not of ${host.boot}`;
    return { host, refusal };
  }
  if (proof.at < host.lastSeen) {
    const refusal = `host ${host.id} was heard of at ${host.lastSeen} s, after the proof of ${proof.at} s that it is fenced`;
    return { host, refusal };
  }
  return { host: { ...host, health: { state: 'fenced', proof } } };
}

/** Why no guest of this host may be started elsewhere; undefined if they may. */
export function whyNoRestart({ id, health }: WatchedHost): string | undefined {
  switch (health.state) {
    case 'fenced':
      return undefined;
    case 'alive':
      return `host ${id} is alive: its guests run there`;
    case 'suspect':
      return `host ${id} is silent, but not fenced: its guests may still run and write`;
    case 'fencing':
      return `fencing of host ${id} has not proved itself${
        health.failed === undefined ? '' : ` (${health.failed})`
      }: its guests may still run and write`;
  }
}
