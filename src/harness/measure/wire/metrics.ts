import type { Metric } from '../../results/schema.ts';

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
