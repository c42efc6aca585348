import type { Metric } from '../../results/schema.ts';
import type { MetricLabels } from '../metric-labels.ts';
import { bootPhaseEnds, restorePhaseEnds } from './phases.ts';

/** Every figure of a creation. */
export const creationMetrics: Readonly<Record<string, Metric>> = {
  'creation.total': {
    title: 'Guest creation, to the answer of its service',
    unit: 's',
    better: 'lower',
    headline: true,
  },
  'creation.all': {
    title: 'Creation of all guests of a trial',
    unit: 's',
    better: 'lower',
  },
  'creation.phase': { title: 'Phase of creation', unit: 's', better: 'lower' },
  'creation.end-point': { title: 'Creation, to an end point', unit: 's', better: 'lower' },
  'creation.boundary-difference': {
    title: 'Boundary against its independent stamp',
    unit: 's',
    better: 'neither',
  },
};

const phases = [...new Set([...bootPhaseEnds, ...restorePhaseEnds].map(([name]) => name))];

/** What tells apart the figures of a metric that has several in a trial. */
export const creationLabels: Readonly<Record<string, MetricLabels>> = {
  'creation.phase': { phase: [...phases, 'unaccounted'] },
  'creation.end-point': { observer: ['monitor', 'init', 'agent', 'service'] },
  'creation.boundary-difference': { phase: phases },
};
