import { usualHeartbeats, type HeartbeatRules } from '../cluster/failover/health.ts';
import type { Usage } from '../agent/runner.ts';
import type { BodyOf, GuestState } from '../wire/messages/kinds.ts';

interface Heard {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly guests: ReadonlyMap<string, HeardGuest>;
  readonly load: Load;
}

interface HeardGuest {
  readonly state: GuestState;
  readonly usage?: Usage;
  /** The first of the heartbeats that have said without a break that it is stopped. */
  readonly stoppedSince?: number;
}

/** What a host has told of its load, see `heartbeat`. */
export type Load = Pick<BodyOf<'heartbeat'>, 'load' | 'memoryFree'>;

/** What agents have said lately; kept in memory only, since it is old after a restart. */
export class Liveness {
  readonly #now: () => number;
  readonly #rules: HeartbeatRules;
  readonly #heard = new Map<string, Heard>();

  /** @param now milliseconds since 1970 */
  constructor(now: () => number, rules: HeartbeatRules = usualHeartbeats) {
    this.#now = now;
    this.#rules = rules;
  }

  hear(host: string, { guests, load, memoryFree }: BodyOf<'heartbeat'>): void {
    const at = this.#now();
    const before = this.#heard.get(host)?.guests;
    const seen = guests.map(({ name, state, cpu, memory }) => {
      const usage = cpu === undefined || memory === undefined ? undefined : { cpu, memory };
      const stoppedSince = before?.get(name)?.stoppedSince ?? at;
      const heard: HeardGuest = {
        ...{ state, ...(usage && { usage }) },
        ...(state === 'stopped' && { stoppedSince }),
      };
      return [name, heard] as const;
    });
    this.#heard.set(host, { at, guests: new Map(seen), load: { load, memoryFree } });
  }

  /** Seconds since the last heartbeat; undefined if there was none since we started. */
  silent(host: string): number | undefined {
    const heard = this.#heard.get(host);
    return heard && (this.#now() - heard.at) / 1000;
  }

  isUp(host: string): boolean {
    const { interval, missed } = this.#rules;
    return (this.silent(host) ?? Infinity) < interval * missed;
  }

  /** As it was told last, if the host is up. */
  load(host: string): Load {
    return (this.isUp(host) && this.#heard.get(host)?.load) || {};
  }

  /** As its host has it, if that is up. */
  guest(host: string, guest: string): GuestState | undefined {
    return this.isUp(host) ? this.#heard.get(host)?.guests.get(guest)?.state : undefined;
  }

  /** The first and the last time that its host has said, without a break, that it is stopped. */
  stopped(host: string, guest: string): { since: number; until: number } | undefined {
    const heard = this.isUp(host) ? this.#heard.get(host) : undefined;
    const since = heard?.guests.get(guest)?.stoppedSince;
    return heard && since !== undefined ? { since, until: heard.at } : undefined;
  }

  /** What a guest uses of its host; undefined where that is not known. */
  usage(host: string, guest: string): Usage | undefined {
    return this.isUp(host) ? this.#heard.get(host)?.guests.get(guest)?.usage : undefined;
  }
}
