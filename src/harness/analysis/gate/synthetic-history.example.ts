import { normalQuantile } from '../../../base/stats/normal.ts';
import { seededRandom } from '../../../base/stats/random.ts';
import { groupSamples } from '../group-samples.ts';
import { buildSeries } from '../series.ts';
import type { StoredRun } from '../stored/read-stored-run.ts';
import { type Synthetic, syntheticRun } from '../synthetic-run.example.ts';

/** What a made-up run is, apart from what all have in common. For tests: nothing was measured. */
export interface SyntheticStored extends Synthetic {
  /** Tells it from others, and seeds it. */
  number: number;
  /** By how much everything takes longer than in other runs: 1.05. */
  slower?: number;
  /** Relative standard deviation between runs. */
  between?: number;
}

/** The records of one of several runs of the same scenario, a day apart. */
export function syntheticRecords({
  number,
  slower = 1,
  between = 0.01,
  change = (run) => run,
  ...options
}: SyntheticStored): ReturnType<typeof syntheticRun> {
  const made = syntheticRun({
    ...{ measure: ['creation'], factors: { provisioning: ['copy', 'clone'] }, blocks: 8 },
    ...options,
    seed: `f${number}`,
  });
  const random = seededRandom(`between ${number}`);
  const own = slower * Math.exp(between * normalQuantile(random.next() + 2 ** -54));
  const day = new Date(Date.UTC(2026, 0, 1 + number)).toISOString();
  const run = change({
    ...made.run,
    id: `${day.slice(0, 10)}-quickstart-f${number}`,
    ...{ startedAt: day, endedAt: day },
  });
  return {
    ...{ run, trials: made.trials, events: [] },
    samples: made.samples.map((sample) => ({ ...sample, value: sample.value * own })),
  };
}

/** The same, as read from its folder. */
export function syntheticStored(options: SyntheticStored): StoredRun {
  const { run, trials, samples } = syntheticRecords(options);
  const series = buildSeries(run, trials, groupSamples(samples));
  return {
    ...{ folder: `runs/${run.id}`, run, trials, series },
    kinds: new Set(series.map(({ key }) => key.kind)),
  };
}
