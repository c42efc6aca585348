import { SampleColumns } from '../results/sample-columns.ts';
import type { Sample } from '../results/schema.ts';

/** Samples in memory as the reader of a run folder gives them. For tests. */
export function groupSamples(samples: readonly Sample[]): SampleColumns[] {
  const groups = new Map<string, SampleColumns>();
  for (const sample of samples) {
    const key = SampleColumns.key(sample);
    const group = groups.get(key) ?? new SampleColumns(sample);
    groups.set(key, group);
    const { value, at, trial, guest = -1, iteration = -1 } = sample;
    group.add(value, at, trial, guest, iteration);
  }
  return [...groups.values()];
}
