import { ofWholeJobs } from '../../measure/guest-io/metrics.ts';
import { labelsOf } from '../../measure/labels.ts';
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
    labels: (metric, label) => valuesOf(scenario, metric, label),
  };
}

function valuesOf(
  scenario: Scenario,
  metric: string,
  label: LabelName,
): readonly string[] | undefined {
  const values = labelsOf(metric)[label] ?? [];
  if (values !== 'any') return values;
  return label === 'job' ? jobsOf(scenario, metric) : undefined;
}

/** A mixed job has figures of each direction. */
function jobsOf({ measure }: Scenario, metric: string): string[] {
  const whole = ofWholeJobs.includes(metric);
  return (measure['guest-io']?.jobs ?? []).flatMap(({ name, rw }) =>
    !whole && (rw === 'rw' || rw === 'randrw') ? [`${name}:read`, `${name}:write`] : [name],
  );
}
