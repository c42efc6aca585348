import { usualHeartbeats } from '../cluster/failover/health.ts';
import type { BodyOf, GuestState } from '../wire/messages/kinds.ts';

interface Heard {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly guests: ReadonlyMap<string, GuestState>;
  readonly load: Load;
}

/** What a host has told of its load, see `heartbeat`. */
export type Load = Pick<BodyOf<'heartbeat'>, 'load' | 'memoryFree'>;

/** What agents have said lately; kept in memory only, since it is old after a restart. */
export class Liveness {
  readonly #now: () => number;
  readonly #heard = new Map<string, Heard>();

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  hear(host: string, { guests, load, memoryFree }: BodyOf<'heartbeat'>): void {
    const states = new Map(guests.map(({ name, state }) => [name, state] as const));
    this.#heard.set(host, { at: this.#now(), guests: states, load: { load, memoryFree } });
  }

  /** Seconds since the last heartbeat; undefined if there was none since we started. */
  silent(host: string): number | undefined {
    const heard = this.#heard.get(host);
    return heard && (this.#now() - heard.at) / 1000;
  }

  isUp(host: string): boolean {
    const { interval, missed } = usualHeartbeats;
    return (this.silent(host) ?? Infinity) < interval * missed;
  }

  /** As it was told last, if the host is up. */
  load(host: string): Load {
    return (this.isUp(host) && this.#heard.get(host)?.load) || {};
  }

  /** As its host has it, if that is up. */
  guest(host: string, guest: string): GuestState | undefined {
    return this.isUp(host) ? this.#heard.get(host)?.guests.get(guest) : undefined;
  }
}
