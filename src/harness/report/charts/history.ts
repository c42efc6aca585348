import type { Analysis } from '../../analysis/analysis.ts';
import { armText } from '../../analysis/arms.ts';
import type { History } from '../../analysis/simulation/histories.ts';
import type { Palette } from '../palette.ts';
import { type Chart, chartWidth, panelTitle } from './chart.ts';
import { notes } from './notes.ts';

const panelHeight = 130;

/** A figure over time. */
export interface HistoryPanel {
  figure: string;
  title: string;
  unit: string;
  /** What values are multiplied by. */
  per: number;
}

export interface HistoryRequest {
  id: string;
  title: string;
  histories: readonly History[];
  /** In this order, where a history has them. */
  panels: readonly HistoryPanel[];
  caption: (trials: number) => string;
  /** Seconds that make one unit of the axis. */
  time: { title: string; per: number };
  fromZero: (panel: HistoryPanel) => boolean;
}

/** Figures over time: medians over the trials of each arm, one line an arm, one panel a figure. */
export function historyChart(
  analysis: Analysis,
  palette: Palette,
  { id, title, histories, panels, caption, time, fromZero }: HistoryRequest,
): Chart[] {
  const drawn = panels.filter(({ figure }) =>
    histories.some(({ moments }) => moments.some(({ figures }) => (figures[figure] ?? 0) !== 0)),
  );
  if (drawn.length === 0) return [];
  const arms = analysis.run.arms.map(armText);
  const trials = Math.max(...histories.map((history) => history.trials));
  return [
    {
      ...{ id, title, caption: caption(trials) },
      spec: {
        title: {
          text: title,
          subtitle: notes(analysis, 'lines: medians over the trials of an arm'),
        },
        spacing: 22,
        vconcat: drawn.map((panel, index) => {
          const last = index === drawn.length - 1;
          return {
            title: panelTitle(panel.title),
            width: chartWidth - 80,
            height: panelHeight,
            data: { values: valuesOf(histories, panel, arms, time.per) },
            // A line is broken where there is no value; a round end makes a lone one a dot.
            mark: { type: 'line' as const, strokeWidth: 1.6, strokeCap: 'round' as const },
            encoding: {
              x: {
                field: 'time',
                type: 'quantitative' as const,
                title: last ? time.title : null,
                scale: { nice: false },
                axis: { grid: false, labels: last, domain: true },
              },
              y: {
                field: 'value',
                type: 'quantitative' as const,
                title: panel.unit,
                scale: { zero: fromZero(panel), nice: 4 },
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
        resolve: { scale: { color: 'shared' as const } },
      },
    },
  ];
}

function valuesOf(
  histories: readonly History[],
  { figure, per }: HistoryPanel,
  arms: readonly string[],
  unit: number,
) {
  return histories.flatMap(({ arm, moments }) =>
    moments.map(({ time, figures }) => {
      const value = figures[figure];
      return {
        ...{ arm: arms[arm] ?? '', time: time / unit },
        value: value === undefined ? null : value * per,
      };
    }),
  );
}
