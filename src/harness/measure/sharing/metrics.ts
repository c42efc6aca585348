import type { Metric } from '../../results/schema.ts';
import type { MetricLabels } from '../metric-labels.ts';

/** Of the service that is overloaded, where nothing else is said. */
export const sharingMetrics: Readonly<Record<string, Metric>> = {
  'sharing.goodput': {
    title: 'Goodput of the overloaded service',
    unit: '1/s',
    better: 'higher',
    headline: true,
  },
  'sharing.latency': {
    title: 'Latency of the overloaded service',
    unit: 's',
    better: 'lower',
  },
  'sharing.relief': {
    title: 'Time to relief of the overloaded service',
    unit: 's',
    better: 'lower',
    headline: true,
    sometimes: true,
  },
  'sharing.relieved': {
    title: 'Overloads that were relieved',
    unit: 'ratio',
    better: 'higher',
  },
  'sharing.donors-goodput': {
    title: 'Goodput of the other services',
    unit: '1/s',
    better: 'higher',
  },
  'sharing.started': {
    title: 'Guests started to help',
    unit: 'guests',
    better: 'neither',
  },
  'sharing.start': {
    title: 'Time from the decision until a helper is behind the front',
    unit: 's',
    better: 'lower',
  },
  'sharing.decision': {
    title: 'Time from the overload to the first decision to help',
    unit: 's',
    better: 'lower',
  },
  'sharing.returned': {
    title: 'Time from the end of the overload until all help was given back',
    unit: 's',
    better: 'lower',
  },
};

const phase = ['before', 'during', 'after'];

/** What tells apart the figures of a metric that has several in a trial. */
export const sharingLabels: Readonly<Record<string, MetricLabels>> = {
  'sharing.goodput': { phase },
  'sharing.donors-goodput': { phase },
  'sharing.latency': { phase, percentile: ['50', '99'] },
};
