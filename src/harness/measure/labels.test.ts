import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readSamples } from '../results/read-samples.ts';
import { labelsOf } from './labels.ts';
import { metricsByMeasurement } from './metrics.ts';

const reference = fileURLToPath(new URL('../../../results/reference/', import.meta.url));
const recorded = readdirSync(reference).filter((name) =>
  existsSync(join(reference, name, 'samples.ndjson')),
);

it.each(recorded)('tells with what labels the figures of %s were recorded', (name) => {
  const labels = ['job', 'percentile', 'phase', 'observer'] as const;
  const { groups } = readSamples(join(reference, name, 'samples.ndjson'));
  for (const { labels: sample } of groups) {
    const known = labelsOf(sample.metric);
    const values = labels.filter((label) => sample[label] !== undefined);
    expect(values, sample.metric).toEqual(labels.filter((label) => known[label] !== undefined));
    for (const label of values) {
      if (known[label] !== 'any') expect(known[label]).toContain(String(sample[label]));
    }
  }
});

it('gives labels to every job, and none to what has one figure', () => {
  const [own] = Object.keys(metricsByMeasurement.noop);
  expect(labelsOf(own ?? '')).toEqual({});
  expect(labelsOf('guest-io.iops')).toEqual({ job: 'any' });
});
