import type { ChartKind } from './chart.ts';
import { historyChart, type HistoryPanel } from './history.ts';

const panels: readonly HistoryPanel[] = [
  { figure: 'offered', title: 'Asked of the overloaded service', unit: '1/s', per: 1 },
  { figure: 'good', title: 'Answered well by it', unit: '1/s', per: 1 },
  { figure: 'p99', title: 'Its 99th percentile, where all was answered', unit: 's', per: 1 },
  { figure: 'lent', title: 'Lent to it', unit: '1/s', per: 1 },
  { figure: 'donorsGood', title: 'Answered well by the others', unit: '1/s', per: 1 },
];

/** What clients of services behind a front got, second by second; one line a policy. */
export const sharingTimeline: ChartKind = (analysis, palette) =>
  historyChart(analysis, palette, {
    ...{ id: 'sharing-timeline', title: 'Before, during and after the overload', panels },
    histories: analysis.sharing,
    caption: (trials) =>
      `Second by second, medians over ${trials} ${trials === 1 ? 'trial' : 'trials'} of each arm; the overload begins at 0.`,
    time: { title: 'seconds since the overload began', per: 1 },
    fromZero: () => true,
  });
