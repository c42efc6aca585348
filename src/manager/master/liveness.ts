import { usualHeartbeats, type HeartbeatRules } from '../cluster/failover/health.ts';
import type { Usage } from '../agent/runner.ts';
import type { BodyOf, GuestState } from '../wire/messages/kinds.ts';

interface Heard {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly guests: ReadonlyMap<string, { readonly state: GuestState; readonly usage?: Usage }>;
  readonly load: Load;
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
    const seen = guests.map(({ name, state, cpu, memory }) => {
      const usage = cpu === undefined || memory === undefined ? undefined : { cpu, memory };
      return [name, { state, ...(usage && { usage }) }] as const;
    });
    const told = { guests: new Map(seen), load: { load, memoryFree } };
    this.#heard.set(host, { at: this.#now(), ...told });
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

  /** What a guest uses of its host; undefined where that is not known. */
  usage(host: string, guest: string): Usage | undefined {
    return this.isUp(host) ? this.#heard.get(host)?.guests.get(guest)?.usage : undefined;
  }
}
