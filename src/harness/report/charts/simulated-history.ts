import type { ChartKind } from './chart.ts';
import { historyChart, type HistoryPanel } from './history.ts';

const hour = 3600;

/** What is drawn of a simulated cluster, where it has it: in the order of the panels. */
const panels: readonly HistoryPanel[] = [
  { figure: 'load', title: 'CPU in use', unit: '% of the hosts that run', per: 100 },
  { figure: 'demand', title: 'Demand', unit: 'hosts', per: 1 },
  { figure: 'capacity', title: 'Hosts that run', unit: 'hosts', per: 1 },
  { figure: 'unmet', title: 'Unmet demand', unit: 'cores or hosts', per: 1 },
  { figure: 'overloaded', title: 'Hosts over the threshold', unit: 'hosts', per: 1 },
  { figure: 'lent', title: 'Lent to other services', unit: 'hosts', per: 1 },
  { figure: 'used', title: 'Hosts in use', unit: 'hosts', per: 1 },
  { figure: 'down', title: 'Lost guests that do not run again', unit: 'guests', per: 1 },
  { figure: 'moves', title: 'Migrations until then', unit: 'migrations', per: 1 },
];

/** How simulated clusters went on: medians over the trials of each arm, one line an arm. */
export const simulatedHistory: ChartKind = (analysis, palette) =>
  historyChart(analysis, palette, {
    ...{ id: 'simulated-history', title: 'The simulated clusters over time', panels },
    histories: analysis.histories,
    caption: (trials) =>
      `Medians over ${trials} simulated worlds at each moment; all arms meet the same worlds.`,
    time: { title: 'simulated time (h)', per: hour },
    fromZero: ({ figure }) => figure !== 'capacity' && figure !== 'used',
  });
