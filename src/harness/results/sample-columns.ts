import type { Sample } from './schema.ts';

/** What the samples of one group have in common. */
export type SampleLabels = Omit<Sample, 'value' | 'at' | 'trial' | 'guest' | 'iteration'>;

/** Samples that differ only in their numbers, as columns: a million of them fit into 32 MB. */
export class SampleColumns {
  readonly labels: SampleLabels;
  length = 0;
  #value = new Float64Array(16);
  #at = new Float64Array(16);
  #trial = new Int32Array(16);
  #guest = new Int32Array(16);
  #iteration = new Int32Array(16);

  constructor({ metric, unit, arm, kind, job, percentile, phase, observer }: SampleLabels) {
    this.labels = {
      metric,
      unit,
      arm,
      kind,
      ...(job === undefined ? {} : { job }),
      ...(percentile === undefined ? {} : { percentile }),
      ...(phase === undefined ? {} : { phase }),
      ...(observer === undefined ? {} : { observer }),
    };
  }

  /** Equal for samples that belong into the same group. */
  static key({ metric, unit, arm, kind, job, percentile, phase, observer }: Sample): string {
    return JSON.stringify([
      metric,
      unit,
      Object.entries(arm),
      kind,
      job,
      percentile,
      phase,
      observer,
    ]);
  }

  /** `guest` and `iteration` are -1 where the sample has none. */
  add(value: number, at: number, trial: number, guest: number, iteration: number) {
    if (this.length === this.#value.length) this.#grow();
    const index = this.length++;
    this.#value[index] = value;
    this.#at[index] = at;
    this.#trial[index] = trial;
    this.#guest[index] = guest;
    this.#iteration[index] = iteration;
  }

  /**
   * The same numbers under another arm; the columns are shared, not copied.
   * @param firstTrial what is added to the numbers of trials
   */
  withArm(arm: SampleLabels['arm'], firstTrial = 0): SampleColumns {
    const other = new SampleColumns({ ...this.labels, arm });
    other.length = this.length;
    other.#value = this.#value;
    other.#at = this.#at;
    other.#trial = firstTrial === 0 ? this.#trial : this.#trial.map((one) => one + firstTrial);
    other.#guest = this.#guest;
    other.#iteration = this.#iteration;
    return other;
  }

  #grow() {
    this.#value = doubled(this.#value, new Float64Array(this.length * 2));
    this.#at = doubled(this.#at, new Float64Array(this.length * 2));
    this.#trial = doubled(this.#trial, new Int32Array(this.length * 2));
    this.#guest = doubled(this.#guest, new Int32Array(this.length * 2));
    this.#iteration = doubled(this.#iteration, new Int32Array(this.length * 2));
  }

  /** The first `length` entries of each are samples, in the order of the file. */
  get columns() {
    return {
      value: this.#value,
      at: this.#at,
      trial: this.#trial,
      guest: this.#guest,
      iteration: this.#iteration,
    };
  }
}

function doubled<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
