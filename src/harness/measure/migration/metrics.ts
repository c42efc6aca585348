import { observerNames } from '../../observe/observer.ts';
import type { Metric } from '../../results/schema.ts';
import type { MetricLabels } from '../metric-labels.ts';

/** Every figure of a migration. */
export const migrationMetrics: Readonly<Record<string, Metric>> = {
  'migration.downtime': {
    title: 'Downtime of a live migration',
    unit: 's',
    better: 'lower',
    headline: true,
  },
  'migration.total-time': {
    title: 'Live migration, from its start to the answer on the target',
    unit: 's',
    better: 'lower',
    headline: true,
  },
  'migration.lost-work': {
    title: 'Lost work, in seconds of the load',
    unit: 's',
    better: 'lower',
    headline: true,
  },
  'migration.lost-writes': {
    title: 'Acknowledged writes that were lost',
    unit: 'writes',
    better: 'lower',
    headline: true,
  },
  'migration.outages': {
    title: 'All outages of a migration together',
    unit: 's',
    better: 'lower',
  },
  'migration.floor': {
    title: 'Longest gap without a migration',
    unit: 's',
    better: 'neither',
  },
  'migration.calibration-error': {
    title: 'Gap seen in a known pause, minus that pause',
    unit: 's',
    better: 'neither',
  },
  'migration.resolution': {
    title: 'How finely an observer can tell',
    unit: 's',
    better: 'neither',
  },
  'migration.latency': {
    title: 'Latency of the HTTP load, from the moment due',
    unit: 's',
    better: 'lower',
  },
  'migration.transferred': { title: 'Bytes sent', unit: 'B', better: 'lower' },
  'migration.rounds': { title: 'Passes over memory', unit: 'passes', better: 'neither' },
  'migration.setup': { title: 'Setup, as the hypervisor reports it', unit: 's', better: 'lower' },
  'migration.post-copy-wait': {
    title: 'CPUs waiting for pages, as the hypervisor reports it',
    unit: 's',
    better: 'lower',
  },
  'migration.dirty-rate': {
    title: 'Memory that the guest dirtied',
    unit: 'B/s',
    better: 'neither',
  },
  'migration.writes': {
    title: 'Writes acknowledged by the witness',
    unit: 'writes',
    better: 'neither',
  },
};

const byObserver = { observer: observerNames };

/** What tells apart the figures of a metric that has several in a trial. */
export const migrationLabels: Readonly<Record<string, MetricLabels>> = {
  'migration.downtime': byObserver,
  'migration.outages': byObserver,
  'migration.floor': byObserver,
  'migration.calibration-error': byObserver,
  'migration.resolution': byObserver,
  'migration.latency': { phase: ['control', 'migration', 'after'], percentile: ['50', '99'] },
};
