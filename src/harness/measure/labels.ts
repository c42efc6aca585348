import { creationLabels } from './creation/metrics.ts';
import { failoverLabels } from './failover/metrics.ts';
import { guestIoLabels } from './guest-io/metrics.ts';
import { managerLabels } from './manager/metrics.ts';
import type { MetricLabels } from './metric-labels.ts';
import { migrationLabels } from './migration/metrics.ts';
import { p2vLabels } from './p2v/metrics.ts';
import { sharingLabels } from './sharing/metrics.ts';
import { simulationLabels } from './simulation/metrics.ts';
import { wireLabels } from './wire/metrics.ts';

const labelled: Readonly<Record<string, MetricLabels>> = {
  ...creationLabels,
  ...guestIoLabels,
  ...migrationLabels,
  ...p2vLabels,
  ...failoverLabels,
  ...sharingLabels,
  ...managerLabels,
  ...wireLabels,
  ...simulationLabels,
};

/** What tells the figures of a metric apart; nothing where it has one alone. */
export function labelsOf(metric: string): MetricLabels {
  return Object.hasOwn(labelled, metric) ? (labelled[metric] ?? {}) : {};
}
