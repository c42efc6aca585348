import type { Metric } from '../../results/schema.ts';
import type { MetricLabels } from '../metric-labels.ts';

export const wireMetrics: Readonly<Record<string, Metric>> = {
  'wire.latency': {
    title: 'Round trip of a message of the manager',
    unit: 's',
    better: 'lower',
    headline: true,
  },
  'wire.rate': {
    title: 'Messages of the manager a second on one core',
    unit: '1/s',
    better: 'higher',
    headline: true,
  },
  'wire.begin': {
    title: 'Connecting, and beginning a session',
    unit: 's',
    better: 'lower',
  },
};

/** What tells apart the figures of a metric that has several in a trial. */
export const wireLabels: Readonly<Record<string, MetricLabels>> = {
  'wire.latency': { percentile: ['50', '99'] },
};
