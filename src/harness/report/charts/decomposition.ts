import type { Analysis } from '../../analysis/analysis.ts';
import { armText } from '../../analysis/arms.ts';
import { decompositionSentences } from '../../analysis/decomposition/answer.ts';
import type { Cross } from '../../analysis/decomposition/crosses.ts';
import type { Decomposition } from '../../analysis/decomposition/decomposition.ts';
import { interactionText } from '../../analysis/decomposition/statement.ts';
import { levelText } from '../../analysis/arms.ts';
import { axisScale } from '../../analysis/quantity.ts';
import { seriesText } from '../../analysis/series-text.ts';
import type { Palette } from '../palette.ts';
import { type Chart, chartId, type ChartKind, chartWidth, panelTitle } from './chart.ts';
import { logTicks } from './log-ticks.ts';
import { notes } from './notes.ts';
import { textWidth } from './text-width.ts';
import { ink, quiet } from './theme.ts';

const panelHeight = 210;
const mostPanels = 6;
const mostColumns = 3;
const spacing = 34;
const axisRoom = 52;
/** Pixels for the names of storages beside their points, and for the points. */
const mostRoom = 130;
const leastWidth = 110;
/** Pixels by which the points of a storage lie off the middle. */
const apart = 3;

/** Four medians on a log axis, a line from copy to clone for each storage: parallel, no interaction. */
export const decomposition: ChartKind = (analysis, palette) => {
  const { decompositions } = analysis;
  const [first] = decompositions;
  if (first === undefined) return [];
  const own = decompositions.filter(({ series }) => series.id === first.series.id);
  const others = [...new Set(own.map(({ other }) => other))];
  return others.flatMap((other) =>
    chartOf(
      analysis,
      palette,
      own.filter((one) => one.other === other),
      others.length > 1,
    ),
  );
};

interface Point {
  provisioning: string;
  storage: string;
  arm: string;
  median: number;
  low?: number;
  high?: number;
}

function chartOf(
  analysis: Analysis,
  palette: Palette,
  own: readonly Decomposition[],
  named: boolean,
): Chart[] {
  const [whole] = own as [Decomposition];
  const { series, base, other } = whole;
  const single = own.filter(({ rest }) => rest !== undefined).slice(0, mostPanels);
  const scale = axisScale(
    single.flatMap(({ crosses }) => crosses.flatMap(({ arms }) => arms.map(medianOf))),
    series.metric.unit,
  );
  const panels = single.map((one) => ({
    one,
    points: one.crosses.flatMap((cross) => pointsOf(analysis, one, cross, scale.by)),
  }));
  const ends = panels.flatMap(({ points }) =>
    points.flatMap(({ median, low, high }) => [median, low ?? median, high ?? median]),
  );
  if (ends.length === 0) return [];
  const domain = [Math.min(...ends) / 1.12, Math.max(...ends) * 1.12] as const;
  const arms = analysis.run.arms.map(armText);
  const names = [base, other].map((level) => levelText('storage', level));
  const room = Math.min(mostRoom, Math.max(...names.map((name) => textWidth(name, 11)))) + 14;
  const widthOf = (columns: number) =>
    Math.min(420, Math.floor((chartWidth - spacing * (columns - 1)) / columns) - axisRoom) - room;
  let columns = Math.min(mostColumns, panels.length);
  while (columns > 1 && widthOf(columns) < leastWidth) columns--;
  const width = widthOf(columns);
  const title = `${seriesText(series).title}: copy and clone on ${names.join(' and ')}`;
  const color = {
    field: 'arm',
    type: 'nominal' as const,
    scale: { domain: arms, range: palette.arms.map(({ light }) => light) },
    legend: null,
  };
  return [
    {
      id: chartId(named ? `decomposition-${String(other)}` : 'decomposition'),
      title,
      caption: captionOf(analysis, whole),
      spec: {
        title: {
          text: title,
          subtitle: notes(
            analysis,
            'medians with 95 % intervals, log scale · parallel lines: copy-on-write and storage do not depend on each other',
          ),
        },
        columns,
        spacing,
        concat: panels.map(({ one, points }) => ({
          ...(panels.length === 1 ? {} : { title: panelTitle(panelText(one)) }),
          width,
          height: panelHeight,
          data: { values: points },
          encoding: {
            x: {
              field: 'provisioning',
              type: 'nominal' as const,
              title: null,
              scale: { type: 'point' as const, domain: ['copy', 'clone'], padding: 0.35 },
              axis: { labelAngle: 0, grid: false, domain: true },
            },
          },
          layer: names.flatMap((name, index) => {
            // Beside each other: storages that are alike would hide one another.
            const xOffset = index === 0 ? -apart : apart;
            const own = { filter: `datum.line === ${index}` };
            const median = { field: 'median', type: 'quantitative' as const };
            return [
              {
                transform: [own],
                mark: {
                  ...{ type: 'line' as const, strokeWidth: 1.4, color: quiet.light, xOffset },
                  strokeDash: index === 0 ? [1, 0] : [6, 3],
                },
                encoding: {
                  y: {
                    ...median,
                    title: `${scale.unit} (log scale)`,
                    scale: { type: 'log' as const, domain: [...domain], nice: false },
                    axis: { values: logTicks(domain[0], domain[1]), minExtent: 30 },
                  },
                },
              },
              {
                transform: [own, { filter: 'isValid(datum.low)' }],
                mark: { type: 'rule' as const, strokeWidth: 2.2, xOffset },
                encoding: {
                  y: { field: 'low', type: 'quantitative' as const },
                  y2: { field: 'high' },
                  color,
                },
              },
              {
                transform: [own],
                mark: { type: 'point' as const, filled: true, size: 62, opacity: 1, xOffset },
                encoding: { y: median, color },
              },
              {
                transform: [own, { filter: "datum.provisioning === 'clone'" }],
                mark: {
                  ...{ type: 'text' as const, align: 'left' as const, dx: 10 + apart, text: name },
                  ...{
                    dy: labelShift(points, index),
                    fontSize: 11,
                    color: ink.light,
                    limit: mostRoom,
                  },
                },
                encoding: { y: median },
              },
            ];
          }),
        })),
      },
    },
  ];

  function medianOf(arm: number): number {
    return series.summaries[arm]?.median ?? NaN;
  }

  /** Labels of two clones that take about as long shall not lie on one another. */
  function labelShift(points: readonly (Point & { line: number })[], line: number): number {
    const clone = (which: number) =>
      points.find((point) => point.line === which && point.provisioning === 'clone')?.median ?? NaN;
    const perPixel = Math.log(domain[1] / domain[0]) / panelHeight;
    const distance = Math.log(clone(1 - line) / clone(line)) / perPixel;
    const lacking = 14 - Math.abs(distance);
    if (!(lacking > 0)) return 0;
    const down = distance > 0 || (distance === 0 && line === 0);
    return ((down ? 1 : -1) * lacking) / 2;
  }
}

function pointsOf(
  { run }: Analysis,
  { series }: Decomposition,
  { arms, base, other }: Cross,
  by: number,
): (Point & { line: number })[] {
  return arms.flatMap((arm, index) => {
    const summary = series.summaries[arm];
    if (summary === undefined || !(summary.median > 0) || !Number.isFinite(summary.median)) {
      return [];
    }
    const { low = NaN, high = NaN } = summary.interval ?? {};
    const line = index < 2 ? 0 : 1;
    return [
      {
        provisioning: index % 2 === 0 ? 'copy' : 'clone',
        storage: levelText('storage', line === 0 ? base : other),
        line,
        arm: armText(run.arms[arm] ?? {}),
        median: summary.median / by,
        ...(low > 0 && Number.isFinite(high) ? { low: low / by, high: high / by } : {}),
      },
    ];
  });
}

/** `1 guest · 2 hosts: interaction 1.02`. */
function panelText({ rest = {} }: Decomposition): string {
  return armText(rest);
}

function captionOf(analysis: Analysis, whole: Decomposition): string {
  const own = decompositionSentences([whole], analysis.margin)[0];
  if (own === undefined) return `Not comparable: ${whole.why ?? 'no trial was completed'}.`;
  const said = interactionText(whole, analysis.margin);
  switch (whole.parts?.interaction.judgement.kind) {
    case 'equal':
      return `The lines are parallel: ${said}.`;
    case 'different':
      return `The lines are not parallel: ${said}.`;
    default:
      return `W${said.slice(1)}: read nothing into lines that are or are not parallel.`;
  }
}
