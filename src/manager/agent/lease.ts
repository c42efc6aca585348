import type { Watchdog } from '../../platform/power/watchdog.ts';

export interface LeaseOptions {
  /** Seconds after a heartbeat was sent that the master has answered. */
  readonly length: number;
  readonly watchdog: Watchdog;
  /** Ends all guests of this host. @throws Error if one may still run */
  readonly endGuests: () => Promise<void>;
  /** Seconds, monotonic. */
  readonly now: () => number;
  readonly onTrouble: (text: string) => void;
}

/**
 * Guests run only while the master answers: when it has not for the length of the lease, they are ended
 * here, and if that is not done in time the watchdog resets the host; so it does if the agent is killed.
 * What the agent does after its guests have ended needs no lease.
 */
export class Lease {
  readonly #options: LeaseOptions;
  /** When it ends; undefined: it was never promised. */
  #until: number | undefined;
  #state: 'held' | 'ending' | 'ended' = 'held';

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** Seconds after the last answered heartbeat within which nothing of a guest runs any more. */
  get promise(): number {
    const { length, watchdog } = this.#options;
    return length + watchdog.timeout;
  }

  get isArmed(): boolean {
    return this.#until !== undefined;
  }

  /**
   * From now on the watchdog runs. To be called only when the master has answered: an agent that starts
   * again and again must not put off the end of the lease of one before.
   * @param asked when it was sent what the master has answered
   * @throws Error if the watchdog cannot be had
   */
  arm(asked: number): void {
    if (this.isArmed) return;
    this.#options.watchdog.arm();
    this.#until = asked + this.#options.length;
  }

  /** The master has answered what was sent at `asked`. */
  renew(asked: number): void {
    if (this.#until === undefined) return;
    this.#until = Math.max(this.#until, asked + this.#options.length);
    if (this.#state === 'ended' && this.#options.now() < this.#until) this.#state = 'held';
  }

  /** Time has passed. To be called several times a second. */
  pass(): void {
    const { now, watchdog, onTrouble } = this.#options;
    if (this.#until === undefined || this.#state === 'ending') return;
    if (this.#state === 'held' && now() >= this.#until) {
      void this.#end();
      return;
    }
    try {
      watchdog.keepAlive();
    } catch (error) {
      onTrouble(`the watchdog cannot be kept from resetting this host: ${wordsOf(error)}`);
    }
  }

  /** The master knows that there is no lease any more: guests go on without one. */
  release(): void {
    if (!this.isArmed) return;
    this.#until = undefined;
    this.#options.watchdog.disarm();
  }

  /** Never rejects. Meanwhile nobody keeps the watchdog quiet. */
  async #end(): Promise<void> {
    const { endGuests, length, onTrouble } = this.#options;
    this.#state = 'ending';
    onTrouble(`it has not answered for ${length} s: the guests of this host are ended`);
    try {
      await endGuests();
      this.#state = 'ended';
    } catch (error) {
      // Tried again; if that does not help the watchdog does.
      this.#state = 'held';
      onTrouble(`the guests of this host did not end: ${wordsOf(error)}`);
    }
  }
}

function wordsOf(error: unknown): string {
  return (error as Error).message;
}
