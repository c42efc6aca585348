import type { Event } from '../../results/schema.ts';
import type { Sentinel, SentinelLook } from './sentinel.ts';

/** What sentinels saw around one trial. */
export class TrialSentinels {
  /** The looks that were made for this trial; `at` on the run's clock. */
  readonly events: Omit<Event, 'trial'>[] = [];
  /** Why there was none, in sentences. */
  readonly warnings: string[] = [];
  readonly #sentinels: readonly Pick<
    Sentinel,
    'storage' | 'host' | 'before' | 'after' | 'givenUp'
  >[];
  #contaminated: string | undefined;

  constructor(
    sentinels: readonly Pick<Sentinel, 'storage' | 'host' | 'before' | 'after' | 'givenUp'>[],
  ) {
    this.#sentinels = sentinels;
  }

  /** Never rejects. */
  async before(signal: AbortSignal): Promise<void> {
    for (const sentinel of this.#sentinels) this.#note(sentinel, await sentinel.before(signal));
  }

  /**
   * Never rejects.
   * @returns how the trial was contaminated, before or after: `sentinel on shared: writes took 3.1
   *   times as long as usual`; undefined if it was not
   */
  async after(signal: AbortSignal): Promise<string | undefined> {
    for (const sentinel of this.#sentinels) {
      this.#note(sentinel, await sentinel.after(signal));
      const { givenUp, storage, host } = sentinel;
      if (givenUp !== undefined) {
        this.warnings.push(`no sentinel on storage ${storage} of ${host}: ${givenUp}`);
      }
    }
    return this.#contaminated;
  }

  #note({ storage, host }: Pick<Sentinel, 'storage' | 'host'>, look: SentinelLook | undefined) {
    if (look === undefined) return;
    const { at, fresh, figures, moved } = look;
    if (moved !== undefined) this.#contaminated ??= `sentinel on ${storage}: ${moved}`;
    if (!fresh) return;
    this.events.push({ event: 'sentinel', phase: storage, observer: host, at, figures });
  }
}
