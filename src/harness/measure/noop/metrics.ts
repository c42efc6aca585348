import type { Metric } from '../../results/schema.ts';

export const noopMetrics: Readonly<Record<string, Metric>> = {
  'noop.total': { title: 'Empty trial', unit: 's', better: 'lower', headline: true },
};
