import type { Analysis } from '../../analysis/analysis.ts';
import { headlines, type SeriesResult } from '../../analysis/series-result.ts';
import { factorText } from '../../analysis/factor-texts.ts';
import { lostWritesMetric } from '../../analysis/migration/observers.ts';
import { armPhrase, armText, crossedFactors, isNumeric } from '../../analysis/arms.ts';
import { axisScale, quantity } from '../../analysis/quantity.ts';
import { seriesText } from '../../analysis/series-text.ts';
import type { Palette } from '../palette.ts';
import { type Chart, chartId, type ChartKind, chartWidth, panelTitle } from './chart.ts';
import { notes } from './notes.ts';
import { fitNote, fittedCurves } from './scaling-fit.ts';

const panelHeight = 190;
const patterns = [
  [1, 0],
  [7, 3],
  [2, 2.5],
  [9, 3, 2, 3],
];

/** Headline figures against the first factor that is a number, with a band for the interval. */
export const scaling: ChartKind = (analysis, palette) => {
  const numbers = crossedFactors(analysis.run).filter(([, levels]) => isNumeric(levels));
  // The number of guests is what storages are asked about; another number is a line.
  const axis = numbers.find(([factor]) => factor === 'guests') ?? numbers[0];
  if (axis === undefined) return [];
  const [factor, levels] = axis;
  const metrics = [...new Set(headlines(analysis).map(({ key }) => key.metric))].filter(
    (metric) => metric !== lostWritesMetric && metric !== 'p2v.lost-writes',
  );
  return metrics.flatMap((metric) => {
    const panels = headlines(analysis).filter(({ key }) => key.metric === metric);
    return chartOf(analysis, palette, panels, factor, levels as number[]);
  });
};

function chartOf(
  analysis: Analysis,
  palette: Palette,
  panels: SeriesResult[],
  factor: string,
  levels: number[],
): Chart[] {
  const [first] = panels;
  if (first === undefined) return [];
  const names = analysis.run.arms.map((arm) => armText(without(arm, factor)));
  const lines = [...new Set(names)];
  const colours = lines.map((line) => palette.families[names.indexOf(line)]?.light ?? '');
  const dashes = dashesOf(analysis, names, lines, factor);
  const drawn = panels.map((panel) => {
    const { points, unit } = pointsOf(analysis, panel, names, factor);
    const curves = fittedCurves(points, { factor, metric: panel.key.metric });
    return { panel, points, unit, curves };
  });
  const fitted = drawn.find(({ curves }) => curves.length > 0);
  const columns = Math.min(panels.length, 3);
  const title = `${first.metric.title}, by ${factor}`;
  const least = Math.min(...levels);
  const wide = least > 0 && Math.max(...levels) / least >= 16;
  return [
    {
      id: chartId(`${first.key.metric}-by-${factor}`),
      title,
      caption: captionOf(analysis, panels, factor, levels),
      spec: {
        title: {
          text: title,
          subtitle: notes(
            analysis,
            fitted === undefined
              ? 'points: medians · bands: 95 % intervals, where there are at least 6 trials'
              : `points: medians with 95 % intervals · ${fitNote(fitted.points)}`,
          ),
        },
        columns,
        spacing: 28,
        concat: drawn.map(({ panel, points, unit, curves }) => {
          const curved = new Set(curves.map(({ line }) => line));
          const banded = curves.length === 0;
          const values = [
            ...points.map((point) => ({ ...point, banded, curved: curved.has(point.line) })),
            ...curves,
          ];
          return {
            ...(panels.length === 1 ? {} : { title: panelTitle(seriesText(panel).dimension) }),
            width: Math.floor(chartWidth / columns) - 80,
            height: panelHeight,
            data: { values },
            encoding: {
              x: {
                field: 'level',
                type: 'quantitative' as const,
                title: factorText(factor) === undefined ? factor : null,
                scale: wide
                  ? { type: 'log' as const, base: 2, nice: false }
                  : { nice: false, zero: false, padding: 14 },
                axis: { values: levels, grid: false, ...levelLabels(factor, levels) },
              },
              color: {
                field: 'line',
                type: 'nominal' as const,
                scale: { domain: lines, range: colours },
                legend:
                  lines.length === 1
                    ? null
                    : { columns: 4, symbolType: 'stroke', symbolOpacity: 1, symbolStrokeWidth: 2 },
              },
            },
            layer: [
              {
                transform: [{ filter: 'isValid(datum.low) && datum.banded' }],
                mark: { type: 'area' as const, opacity: 0.18 },
                encoding: {
                  y: {
                    field: 'low',
                    type: 'quantitative' as const,
                    title: unit,
                    scale: { zero: true, nice: 5 },
                    axis: { tickCount: 5, minExtent: 30 },
                  },
                  y2: { field: 'high' },
                },
              },
              {
                transform: [{ filter: 'datum.fitted || !datum.curved' }],
                mark: { type: 'line' as const, strokeWidth: 1.8 },
                encoding: {
                  y: { field: 'median', type: 'quantitative' as const },
                  ...(dashes === undefined
                    ? {}
                    : {
                        strokeDash: {
                          field: 'line',
                          type: 'nominal' as const,
                          scale: { domain: lines, range: dashes },
                        },
                      }),
                },
              },
              {
                transform: [{ filter: 'isValid(datum.low) && !datum.banded' }],
                mark: { type: 'rule' as const, strokeWidth: 1.4, opacity: 0.8 },
                encoding: {
                  y: { field: 'low', type: 'quantitative' as const },
                  y2: { field: 'high' },
                },
              },
              {
                transform: [{ filter: '!datum.fitted' }],
                mark: { type: 'point' as const, filled: true, size: 40, opacity: 1 },
                encoding: { y: { field: 'median', type: 'quantitative' as const } },
              },
            ],
          };
        }),
      },
    },
  ];
}

/** Lines of one colour differ in a number, such as that of hosts: each number has its dashes. */
function dashesOf(
  { run }: Analysis,
  names: readonly string[],
  lines: readonly string[],
  factor: string,
): number[][] | undefined {
  const others = crossedFactors(run)
    .filter(([name, all]) => name !== factor && isNumeric(all))
    .map(([name]) => name);
  const numbersOf = (line: string) => {
    const arm = run.arms[names.indexOf(line)] ?? {};
    return others.map((name) => String(arm[name])).join();
  };
  const numbers = [...new Set(lines.map(numbersOf))];
  if (numbers.length < 2) return undefined;
  return lines.map(
    (line) => patterns[numbers.indexOf(numbersOf(line)) % patterns.length] ?? [1, 0],
  );
}

/** Texts in place of bare numbers, for factors that have such. */
function levelLabels(factor: string, levels: readonly number[]) {
  const own = factorText(factor);
  if (own === undefined) return {};
  const texts = Object.fromEntries(levels.map((level) => [level, own.text(level)]));
  return { labelExpr: `(${JSON.stringify(texts)})[datum.value]`, labelOverlap: true };
}

function pointsOf({ run }: Analysis, panel: SeriesResult, names: string[], factor: string) {
  const medians = panel.summaries.map((summary) => summary?.median ?? 0);
  const { by, unit } = axisScale(medians, panel.metric.unit);
  const points = run.arms.flatMap((arm, index) => {
    const summary = panel.summaries[index];
    // What was imported may not say this level.
    const has = typeof arm[factor] === 'number';
    if (!has || summary === undefined || !Number.isFinite(summary.median)) return [];
    const { low = NaN, high = NaN } = summary.interval ?? {};
    return [
      {
        line: names[index] ?? '',
        level: Number(arm[factor]),
        median: summary.median / by,
        ...(Number.isFinite(low + high) ? { low: low / by, high: high / by } : {}),
      },
    ];
  });
  return { points, unit };
}

function without<T>(arm: Record<string, T>, factor: string): Record<string, T> {
  return Object.fromEntries(Object.entries(arm).filter(([name]) => name !== factor));
}

/** The panel and line that change most from the first to the last level. */
function captionOf(
  { run }: Analysis,
  panels: SeriesResult[],
  factor: string,
  levels: number[],
): string {
  const from = levels[0];
  const to = levels.at(-1);
  const changes = panels.flatMap((panel) =>
    run.arms.flatMap((arm, index) => {
      if (arm[factor] !== from) return [];
      const partner = run.arms.findIndex(
        (other) =>
          other[factor] === to && armText(without(other, factor)) === armText(without(arm, factor)),
      );
      const [before, after] = [panel.summaries[index]?.median, panel.summaries[partner]?.median];
      if (before === undefined || after === undefined || !Number.isFinite(Math.log(after / before)))
        return [];
      return [{ panel, arm, before, after }];
    }),
  );
  const size = ({ before, after }: { before: number; after: number }) =>
    Math.abs(Math.log(after / before));
  const [most] = changes.sort((a, b) => size(b) - size(a));
  if (most === undefined) return 'No line has trials at both ends.';
  const { panel, arm, before, after } = most;
  const { unit } = panel.metric;
  const where = armPhrase(arm, factor);
  const own = factorText(factor);
  const change =
    own === undefined || from === undefined || to === undefined
      ? `${String(from)} to ${String(to)} ${factor}`
      : `${own.text(from)} to ${own.text(to)}`;
  return `From ${change}, ${seriesText(panel).sentence} changes most${where === '' ? '' : ` ${where}`}: from ${quantity(before, unit)} to ${quantity(after, unit)} (medians).`;
}
