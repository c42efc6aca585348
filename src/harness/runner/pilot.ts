import { median } from 'simple-statistics';
import { trialsNeeded } from '../../base/stats/trials-needed.ts';
import type { Metric, Sample } from '../results/schema.ts';
import type { Scenario } from '../scenario/schema.ts';

/** What of a sample matters here. */
export type PilotSample = Pick<Sample, 'metric' | 'job' | 'arm' | 'value'>;

/** One value a trial of each headline figure, by figure and arm. */
export class PilotValues {
  readonly #metrics: Readonly<Record<string, Metric>>;
  readonly #values = new Map<string, number[]>();

  constructor(metrics: Readonly<Record<string, Metric>>) {
    this.#metrics = metrics;
  }

  /** @param samples all samples of one trial */
  add(samples: readonly PilotSample[]): void {
    const figures = new Map<string, number[]>();
    for (const { metric, job, arm, value } of samples) {
      if (this.#metrics[metric]?.headline !== true || value <= 0) continue;
      const key = JSON.stringify([metric, job, arm]);
      figures.set(key, [...(figures.get(key) ?? []), value]);
    }
    for (const [key, values] of figures) {
      this.#values.set(key, [...(this.#values.get(key) ?? []), median(values)]);
    }
  }

  /**
   * How many trials an arm needs so that every headline figure of every arm gets an interval as
   * narrow as asked for; within what the scenario allows, and at least 6, below which there is no
   * interval.
   */
  plan({ pilot, precision, most }: Scenario['repeat']): number {
    const needed = [...this.#values.values()].map(
      (values) => trialsNeeded(values, { relativeHalfWidth: precision }) ?? most,
    );
    return Math.min(most, Math.max(6, pilot, ...needed));
  }
}
