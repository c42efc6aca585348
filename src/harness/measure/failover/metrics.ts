import type { Metric } from '../../results/schema.ts';
import type { MetricLabels } from '../metric-labels.ts';
import { phaseNames } from './phases.ts';

/** Figures of one failover. */
export const failoverMetrics: Readonly<Record<string, Metric>> = {
  'failover.downtime': {
    title: 'Failover, from the last good reply of the service to its first one elsewhere',
    unit: 's',
    better: 'lower',
    headline: true,
  },
  'failover.lost-writes': {
    title: 'Acknowledged writes that were lost',
    unit: 'writes',
    better: 'lower',
    headline: true,
  },
  'failover.phase': { title: 'Part of a failover', unit: 's', better: 'lower' },
  'failover.floor': {
    title: 'Longest gap in the replies before the host was lost',
    unit: 's',
    better: 'neither',
  },
  'failover.writes': {
    title: 'Writes acknowledged before the host was lost',
    unit: 'writes',
    better: 'neither',
  },
};

/** What tells apart the figures of a metric that has several in a trial. */
export const failoverLabels: Readonly<Record<string, MetricLabels>> = {
  'failover.phase': { phase: phaseNames },
};
