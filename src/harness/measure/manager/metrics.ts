import type { Metric } from '../../results/schema.ts';

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
