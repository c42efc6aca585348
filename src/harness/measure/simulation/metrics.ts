import type { Metric } from '../../results/schema.ts';
import type { MetricLabels } from '../metric-labels.ts';

/** Figures of simulations; each subject has its own. */
export const simulationMetrics = {
  'simulation.unmet': {
    ...{ title: 'Unmet demand', unit: 'ratio', better: 'lower', headline: true },
  },
  'simulation.overloaded': {
    ...{ title: 'Time over the threshold', unit: 'ratio', better: 'lower', headline: true },
  },
  'simulation.relief': { title: 'Time to relief', unit: 's', better: 'lower', headline: true },
  'simulation.refused': { title: 'Refused guests', unit: 'ratio', better: 'lower', headline: true },
  'simulation.used': { title: 'Hosts in use', unit: '', better: 'lower', headline: true },
  'simulation.restarted': {
    ...{ title: 'Restarted guests', unit: 'ratio', better: 'higher', headline: true },
  },
  'simulation.outage': {
    ...{ title: 'Outage of lost guests', unit: 's', better: 'lower', headline: true },
  },
  'simulation.fit': { title: 'Guests that fit', unit: '', better: 'higher', headline: true },
  'simulation.survivable': {
    ...{ title: 'Hosts that may fail', unit: '', better: 'higher', headline: true },
  },
  'simulation.full': { title: 'Taken when full', unit: 'ratio', better: 'neither' },
  'simulation.obstacle': { title: 'Hosts full, by what they lack', unit: '', better: 'neither' },
  'simulation.imbalance': { title: 'Imbalance', unit: 'ratio', better: 'lower' },
  'simulation.freed': { title: 'Hosts without guests', unit: '', better: 'higher' },
  'simulation.moves': { title: 'Migrations', unit: '', better: 'lower' },
  'simulation.lost': { title: 'Guests lost with their hosts', unit: '', better: 'neither' },
  'simulation.grants': { title: 'Grants', unit: '', better: 'lower' },
  'simulation.donors': { title: 'Donors of a service', unit: '', better: 'lower' },
} as const satisfies Readonly<Record<string, Metric>>;

export type SimulationMetric = keyof typeof simulationMetrics;

/** What tells apart the figures of a metric that has several in a trial. */
export const simulationLabels: Readonly<Record<string, MetricLabels>> = {
  'simulation.full': { phase: 'any' },
  'simulation.obstacle': { phase: ['cpu', 'memory', 'disk', 'disk I/O', 'N+1'] },
};
