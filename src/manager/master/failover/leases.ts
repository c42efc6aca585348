/**
 * How much slower than ours a host's clocks may go, and how late its watchdog may be: Linux slews clocks
 * by 0.05 % at most (adjtimex), and watchdogs count in ticks of up to a second.
 */
const rate = 1.05;
/** Seconds. */
const slack = 2;

/**
 * Proves by time alone that nothing runs on a host that holds a lease: its agent ends all guests when we
 * have not answered for so long, and its watchdog resets the host where the agent does not. Counted on
 * our own monotonic clock, from the last message that we may have answered; a master that has just begun
 * takes every host for one that was heard of then.
 */
export class Leases {
  readonly #now: () => number;
  readonly #began: number;
  readonly #heard = new Map<string, number>();

  /** @param now seconds, monotonic */
  constructor(now: () => number) {
    this.#now = now;
    this.#began = now();
  }

  /** A message of a host has come that may renew its lease. */
  heard(host: string): void {
    this.#heard.set(host, this.#now());
  }

  /**
   * @param promise seconds, as the host has registered them
   * @returns what proves that it has ended
   * @throws Error that says why that is not proven
   */
  proof(host: string, promise: number): string {
    const silent = this.#now() - (this.#heard.get(host) ?? this.#began);
    const needed = promise * rate + slack;
    if (silent >= needed) {
      return `its lease has ended: its guests run for ${promise} s at most without an answer, then its watchdog has reset it; it was heard of last ${Math.floor(silent)} s ago`;
    }
    const after = Math.ceil(needed);
    throw new Error(`its lease has ended for certain ${after} s after it was heard of last`);
  }
}
