import type { Metric } from '../results/schema.ts';
import { crashMetrics } from './crash/metrics.ts';
import { creationMetrics } from './creation/metrics.ts';
import { failoverMetrics } from './failover/metrics.ts';
import { metrics as guestIoMetrics } from './guest-io/metrics.ts';
import { hotplugMetrics } from './hotplug/metrics.ts';
import { managerMetrics } from './manager/metrics.ts';
import { migrationMetrics } from './migration/metrics.ts';
import { noopMetrics } from './noop/metrics.ts';
import { p2vMetrics } from './p2v/metrics.ts';
import { sharingMetrics } from './sharing/metrics.ts';
import { simulationMetrics } from './simulation/metrics.ts';
import { wireMetrics } from './wire/metrics.ts';

/** What each measurement records, without loading what measures. */
export const metricsByMeasurement = {
  noop: noopMetrics,
  creation: creationMetrics,
  'guest-io': guestIoMetrics,
  migration: migrationMetrics,
  hotplug: hotplugMetrics,
  crash: crashMetrics,
  p2v: p2vMetrics,
  failover: failoverMetrics,
  sharing: sharingMetrics,
  manager: managerMetrics,
  wire: wireMetrics,
  simulation: simulationMetrics,
} as const satisfies Readonly<Record<string, Readonly<Record<string, Metric>>>>;
