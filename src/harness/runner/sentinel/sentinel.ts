import type { Clock } from '../../../base/clock.ts';
import { fewestQuiet, sentinelMoved, type SentinelFigures } from './rule.ts';

/** One look at a storage. */
export interface SentinelLook {
  /** Seconds on the run's clock. */
  at: number;
  /** Whether it was made for this trial, and not for the one before it. */
  fresh: boolean;
  figures: SentinelFigures & Readonly<Record<string, number>>;
  /** In what way the storage was slower than usual; undefined where it was not. */
  moved: string | undefined;
}

/** Seconds for which a look after one trial is a look before the next. */
const sameMoment = 5;

/** What a run's sentinels saw of one storage on one host. */
export class Sentinel {
  /** Name of the storage. */
  readonly storage: string;
  /** Name of the host. */
  readonly host: string;
  readonly #take: (signal: AbortSignal) => Promise<SentinelLook['figures']>;
  readonly #clock: Clock;
  readonly #quiet: SentinelFigures[] = [];
  #last: SentinelLook | undefined;
  /** Why there is none any more. */
  #given: string | undefined;

  constructor(
    storage: string,
    host: string,
    take: (signal: AbortSignal) => Promise<SentinelLook['figures']>,
    clock: Clock,
  ) {
    this.storage = storage;
    this.host = host;
    this.#take = take;
    this.#clock = clock;
  }

  /** Why it was given up; undefined while it was not. */
  get givenUp(): string | undefined {
    return this.#given;
  }

  /** A look before a trial: that of the trial just before, if there is one. */
  async before(signal: AbortSignal): Promise<SentinelLook | undefined> {
    const last = this.#last;
    if (last !== undefined && this.#clock.now() - last.at < sameMoment) {
      return { ...last, fresh: false };
    }
    return this.after(signal);
  }

  /** A look now; undefined if it cannot be had. */
  async after(signal: AbortSignal): Promise<SentinelLook | undefined> {
    if (this.#given !== undefined) return undefined;
    try {
      await this.#learn(signal);
      const figures = await this.#take(signal);
      const moved = sentinelMoved(figures, this.#quiet);
      if (moved === undefined) this.#quiet.push(figures);
      this.#last = { at: this.#clock.now(), fresh: true, figures, moved };
      return this.#last;
    } catch (error) {
      if (!signal.aborted) this.#given = (error as Error).message;
      return undefined;
    }
  }

  /** What is usual must be known before anything can be unusual. The first look makes the file. */
  async #learn(signal: AbortSignal): Promise<void> {
    if (this.#quiet.length > 0) return;
    await this.#take(signal);
    const learnt: SentinelFigures[] = [];
    while (learnt.length < fewestQuiet) learnt.push(await this.#take(signal));
    this.#quiet.push(...learnt);
  }
}
