import { observersOf } from '../../import/metrics.ts';
import { percentiles } from '../../measure/guest-io/record-guests.ts';
import { metricsByMeasurement } from '../../measure/metrics.ts';
import type { Level, Metric } from '../../results/schema.ts';
import { completeLevels, crossedFactors } from '../matrix.ts';
import type { Scenario } from '../schema.ts';
import type { LabelName, Vocabulary } from './typed.ts';

/** What the claims of a scenario may speak of, before anything is measured. */
export function scenarioVocabulary(scenario: Scenario, decided: ReadonlySet<string>): Vocabulary {
  const held = Object.entries(completeLevels(scenario)).map(
    ([factor, level]): [string, Level[]] => [factor, [level]],
  );
  const measured = Object.entries(metricsByMeasurement).filter(
    ([name]) => scenario.measure[name as keyof Scenario['measure']] !== undefined,
  );
  const metrics = Object.assign({}, ...measured.map(([, own]) => own)) as Record<string, Metric>;
  return {
    metrics,
    levels: { ...Object.fromEntries(held), ...crossedFactors(scenario) },
    decided,
    labels: (metric, label) => labelsOf(scenario, metric, label),
  };
}

/** Figures of guest-io that are not of one job. */
const ofAllJobs = ['guest-io.start-spread', 'guest-io.clock-error'];

function labelsOf(
  { measure }: Scenario,
  metric: string,
  label: LabelName,
): readonly string[] | undefined {
  if (label === 'job') {
    if (!metric.startsWith('guest-io.')) return [];
    if (ofAllJobs.includes(metric)) return undefined;
    return (measure['guest-io']?.jobs ?? []).flatMap(({ name, rw }) =>
      rw === 'rw' || rw === 'randrw' ? [`${name}:read`, `${name}:write`] : [name],
    );
  }
  if (label === 'percentile' && /^guest-io\.(host-)?latency$/.test(metric)) {
    return percentiles.map(String);
  }
  if (label === 'observer') return observersOf(metric);
  return undefined;
}
