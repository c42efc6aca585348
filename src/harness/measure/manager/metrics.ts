import type { Metric } from '../../results/schema.ts';
import type { MetricLabels } from '../metric-labels.ts';

export const managerMetrics: Readonly<Record<string, Metric>> = {
  'manager.latency': {
    title: 'Latency of an operation of the manager',
    unit: 's',
    better: 'lower',
    headline: true,
  },
  'manager.rate': {
    title: 'Operations of the manager a second',
    unit: '1/s',
    better: 'higher',
    headline: true,
  },
  'manager.heartbeats': {
    title: 'Heartbeats answered by the manager',
    unit: '1/s',
    better: 'neither',
  },
  'manager.cores': {
    title: 'CPU of master and operator together',
    unit: 'cores',
    better: 'lower',
  },
};

/** What tells apart the figures of a metric that has several in a trial. */
export const managerLabels: Readonly<Record<string, MetricLabels>> = {
  'manager.latency': { phase: ['accepted', 'done'], percentile: ['50', '99'] },
};
