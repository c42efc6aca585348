import type { Metric } from '../../results/schema.ts';

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
