import { creationMetrics } from '../measure/creation/metrics.ts';
import { metrics as guestIo } from '../measure/guest-io/metrics.ts';
import { migrationMetrics } from '../measure/migration/metrics.ts';
import { observerNames } from '../observe/observer.ts';
import type { Metric } from '../results/schema.ts';

/**
 * Metrics that can be imported, by name: those by which systems are compared. What only describes one
 * of our own measurements (floors, clock errors) can not.
 */
export const importableMetrics: Readonly<Record<string, Metric>> = Object.fromEntries(
  Object.entries<Metric>({ ...creationMetrics, ...guestIo, ...migrationMetrics }).filter(
    ([, { better }]) => better !== 'neither',
  ),
);

/** What tells the figures of a metric apart, and must be told with each. */
export type Label = 'percentile' | 'phase' | 'observer';

const needed: Readonly<Record<string, Label>> = {
  'guest-io.latency': 'percentile',
  'guest-io.host-latency': 'percentile',
  'migration.latency': 'percentile',
  'creation.phase': 'phase',
  'creation.end-point': 'observer',
  'migration.downtime': 'observer',
};

/** The label that every figure of a metric has; undefined where it has none. */
export function labelOf(metric: string): Label | undefined {
  return Object.hasOwn(needed, metric) ? needed[metric] : undefined;
}

/** The observers that a metric knows; undefined where any text will do. */
export function observersOf(metric: string): readonly string[] | undefined {
  if (metric === 'migration.downtime') return observerNames;
  return metric === 'creation.end-point' ? ['monitor', 'init', 'agent', 'service'] : undefined;
}
