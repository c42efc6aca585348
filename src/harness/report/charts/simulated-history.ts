import type { Analysis } from '../../analysis/analysis.ts';
import { armText } from '../../analysis/arms.ts';
import type { Palette } from '../palette.ts';
import { type Chart, type ChartKind, chartWidth, panelTitle } from './chart.ts';
import { notes } from './notes.ts';

const panelHeight = 130;
const hour = 3600;

/** What is drawn of a simulated cluster, where it has it: in the order of the panels. */
const panels: readonly { figure: string; title: string; unit: string; per: number }[] = [
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
export const simulatedHistory: ChartKind = (analysis, palette) => {
  const { histories } = analysis;
  const drawn = panels.filter(({ figure }) =>
    histories.some(({ moments }) => moments.some(({ figures }) => (figures[figure] ?? 0) !== 0)),
  );
  return drawn.length === 0 ? [] : [chartOf(analysis, palette, drawn)];
};

function chartOf(analysis: Analysis, palette: Palette, drawn: typeof panels): Chart {
  const { run, histories } = analysis;
  const arms = run.arms.map(armText);
  const title = 'The simulated clusters over time';
  const trials = Math.max(...histories.map((history) => history.trials));
  return {
    id: 'simulated-history',
    title,
    caption: `Medians over ${trials} simulated worlds at each moment; all arms meet the same worlds.`,
    spec: {
      title: { text: title, subtitle: notes(analysis, 'lines: medians over the trials of an arm') },
      spacing: 22,
      vconcat: drawn.map(({ figure, title: name, unit, per }, index) => {
        const last = index === drawn.length - 1;
        return {
          title: panelTitle(name),
          width: chartWidth - 80,
          height: panelHeight,
          data: {
            values: histories.flatMap(({ arm, moments }) =>
              moments.flatMap(({ time, figures }) => {
                const value = figures[figure];
                if (value === undefined) return [];
                return [{ arm: arms[arm] ?? '', time: time / hour, value: value * per }];
              }),
            ),
          },
          mark: { type: 'line' as const, strokeWidth: 1.6 },
          encoding: {
            x: {
              field: 'time',
              type: 'quantitative' as const,
              title: last ? 'simulated time (h)' : null,
              scale: { nice: false },
              axis: { grid: false, labels: last, domain: true },
            },
            y: {
              field: 'value',
              type: 'quantitative' as const,
              title: unit,
              scale: { zero: figure !== 'capacity' && figure !== 'used', nice: 4 },
              axis: { tickCount: 4, minExtent: 40 },
            },
            color: {
              field: 'arm',
              type: 'nominal' as const,
              scale: { domain: arms, range: palette.arms.map(({ light }) => light) },
              ...(arms.length === 1
                ? { legend: null }
                : { legend: { columns: 4, symbolType: 'stroke' as const } }),
            },
          },
        };
      }),
      resolve: { scale: { color: 'shared' } },
    },
  };
}
