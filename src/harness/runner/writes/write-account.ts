import { UserError } from '../../../base/errors.ts';
import { largest } from '../../../base/stats/largest.ts';
import { formatBytes } from '../../../base/units.ts';
import type { Event, Run } from '../../results/schema.ts';
import { measuredWrites } from './measured-writes.ts';
import type { TrialWrites } from './planned-writes.ts';

/** A trial that was done. */
export interface DoneTrial {
  /** Index of its arm. */
  arm: number;
  events: readonly Event[];
}

/** What a run has written to its storages, against what it may write at most; all in bytes. */
export class WriteAccount {
  readonly #limit: number;
  readonly #templates: number;
  readonly #plans: readonly TrialWrites[];
  /** The most that trials of an arm were seen to write besides what is made for them. */
  readonly #seen = new Map<number, number>();
  /** What trials that are being done may write. */
  readonly #begun = new Map<number, number>();
  #trials = 0;

  /**
   * @param templates those of earlier processes of the run too
   * @param plans of every arm
   * @param done trials of earlier processes
   * @param before what they wrote, as far as they said: some of their trials may be done again
   */
  constructor(
    limit: number,
    templates: number,
    plans: readonly TrialWrites[],
    done: readonly DoneTrial[] = [],
    before = 0,
  ) {
    this.#limit = limit;
    this.#templates = templates;
    this.#plans = plans;
    for (const { arm, events } of done) this.#add(arm, events);
    this.#trials = Math.max(this.#trials, before);
  }

  /** Whether trials of these arms, all of them, stay within the limit. */
  fits(arms: readonly number[]): boolean {
    return this.#total(arms) <= this.#limit;
  }

  begin(trial: number, arm: number): void {
    this.#begun.set(trial, this.#next(arm));
  }

  end(trial: number, arm: number, events: readonly Event[]): void {
    this.#begun.delete(trial);
    this.#add(arm, events);
  }

  /**
   * Before anything is written.
   * @param arms of the trials that are to be done at least
   * @throws UserError if not even those stay within the limit
   */
  require(arms: readonly number[]): void {
    if (this.fits(arms)) return;
    const parts = [
      `${formatBytes(this.#templates)} of templates`,
      ...(this.#trials > 0 ? [`${formatBytes(this.#trials)} of trials before`] : []),
      `${formatBytes(this.#total(arms) - this.#templates - this.#trials)} of ${arms.length === 1 ? 'the next trial' : `the first ${arms.length} trials`}`,
    ];
    throw new UserError({
      where: '--write-budget',
      message: `expected at least ${formatBytes(this.#total(arms))} (${parts.join(', ')}), got ${formatBytes(this.#limit)}`,
      remedy: 'Allow more, or make fewer or smaller guests, jobs or arms; virtgauge plan tells.',
    });
  }

  /** @param ended whether trials were left out for its sake */
  record(ended: boolean): NonNullable<Run['writes']> {
    return {
      ...{ limit: this.#limit, templates: this.#templates, trials: Math.round(this.#trials) },
      ended,
    };
  }

  #total(arms: readonly number[]): number {
    const begun = [...this.#begun.values()].reduce((sum, bytes) => sum + bytes, 0);
    const next = arms.reduce((sum, arm) => sum + this.#next(arm), 0);
    return this.#templates + this.#trials + begun + next;
  }

  #next(arm: number): number {
    const { made, expected } = this.#plan(arm);
    return Math.max(made + expected, this.#seen.get(arm) ?? 0);
  }

  /** What was not seen, such as the work of a trial that failed, counts as expected. */
  #add(arm: number, events: readonly Event[]): void {
    const { made, expected } = this.#plan(arm);
    const { work, clients } = measuredWrites(events);
    const written = largest([made + (work ?? expected), clients ?? 0]);
    this.#trials += written;
    this.#seen.set(arm, Math.max(written, this.#seen.get(arm) ?? 0));
  }

  #plan(arm: number): TrialWrites {
    return this.#plans[arm] ?? { made: 0, expected: 0 };
  }
}
