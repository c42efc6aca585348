import {
  hear,
  usualHeartbeats,
  watchHost,
  whyNoRestart,
  type FencingProof,
  type HeartbeatRules,
  type WatchedHost,
} from '../../cluster/failover/health.ts';
import type { MasterState } from '../state.ts';

/**
 * Whose silence lasts too long. Kept in memory: after a restart of the master every host gets the time of
 * one that was just heard; what is proven stands in the state.
 */
export class HostWatch {
  readonly #now: () => number;
  readonly rules: HeartbeatRules;
  readonly #hosts = new Map<string, WatchedHost>();

  /** @param now milliseconds since 1970 */
  constructor(now: () => number, rules: HeartbeatRules = usualHeartbeats) {
    this.#now = now;
    this.rules = rules;
  }

  /** A heartbeat has come. @returns why it does not count, if so */
  heard(host: string, boot: string): string | undefined {
    const known = this.#hosts.get(host);
    if (known === undefined) {
      this.#hosts.set(host, watchHost(host, boot, this.#seconds()));
      return undefined;
    }
    const { host: now, refusal } = hear(
      known,
      { type: 'heartbeat', at: this.#seconds(), boot },
      this.rules,
    );
    this.#hosts.set(host, now);
    return refusal;
  }

  /** Another life of it has begun, and the one before is proven to be over. */
  begin(host: string, boot: string): void {
    this.#hosts.set(host, watchHost(host, boot, this.#seconds()));
  }

  /** @returns the hosts that are to be fenced now */
  pass(state: MasterState): { host: string; boot: string }[] {
    const at = this.#seconds();
    const orders: { host: string; boot: string }[] = [];
    for (const { name, registered, fenced } of Object.values(state.hosts)) {
      if (registered === undefined) continue;
      const { boot } = registered;
      let watched = this.#hosts.get(name) ?? watchHost(name, boot, at);
      if (fenced !== undefined) {
        watched = { ...watched, boot: fenced.boot, health: { state: 'fenced', proof: fenced } };
      } else {
        const passed = hear(watched, { type: 'time', at }, this.rules);
        watched = passed.host;
        if (passed.order === 'fence') orders.push({ host: name, boot });
      }
      this.#hosts.set(name, watched);
    }
    return orders;
  }

  /**
   * @param at when fencing began: a host that was heard of since may have started something again
   * @returns the proof, if it proves what it shall; else nothing changes, and `note` says why
   */
  fenced(host: string, boot: string, by: string, at: number): FencingProof | undefined {
    const known = this.#hosts.get(host);
    if (known === undefined) return undefined;
    const proof: FencingProof = { by, at, boot };
    const { host: now, refusal } = hear(known, { type: 'fenced', proof }, this.rules);
    if (refusal !== undefined) return undefined;
    this.#hosts.set(host, now);
    return proof;
  }

  fencingFailed(host: string, why: string): void {
    const known = this.#hosts.get(host);
    if (known === undefined) return;
    const signal = { type: 'fencing-failed', at: this.#seconds(), why } as const;
    this.#hosts.set(host, hear(known, signal, this.rules).host);
  }

  /** Why the guests of a silent host are not started elsewhere; undefined where that is not the question. */
  note(host: string): string | undefined {
    const known = this.#hosts.get(host);
    if (known === undefined || known.health.state === 'alive') return undefined;
    if (known.health.state === 'fenced') return `fenced: ${known.health.proof.by}`;
    return whyNoRestart(known);
  }

  get watched(): readonly WatchedHost[] {
    return [...this.#hosts.values()];
  }

  /** Whether it was found to be over; the state says whether that is on record. */
  isFenced(host: string): boolean {
    return this.#hosts.get(host)?.health.state === 'fenced';
  }

  /** Being fenced, the proof still missing. */
  isFencing(host: string): boolean {
    return this.#hosts.get(host)?.health.state === 'fencing';
  }

  forget(host: string): void {
    this.#hosts.delete(host);
  }

  /** Seconds after which a host counts as silent. */
  get silence(): number {
    return this.rules.interval * this.rules.missed;
  }

  /** Whether it has had no answer of ours for so long that its agent starts nothing any more. */
  isSilent(host: string): boolean {
    const { lastSeen = Infinity } = this.#hosts.get(host) ?? {};
    return this.#seconds() - lastSeen >= this.silence;
  }

  #seconds(): number {
    return this.#now() / 1000;
  }
}
