import type { Analysis } from '../../analysis/analysis.ts';
import { armPhrase, armText, crossedFactors, isNumeric } from '../../analysis/arms.ts';
import { downtimeMetric, isLeading } from '../../analysis/migration/observers.ts';
import { axisScale, quantity } from '../../analysis/quantity.ts';
import { headlines, type SeriesResult } from '../../analysis/series-result.ts';
import { seriesText } from '../../analysis/series-text.ts';
import type { Palette } from '../palette.ts';
import { type Chart, chartId, type ChartKind, chartWidth, labelRoom, panelTitle } from './chart.ts';
import { notes } from './notes.ts';
import { thinning } from './thinning.ts';
import { ink } from './theme.ts';

const rowHeight = 30;

/** Headline figures arm by arm, where no factor is a number that could be an axis. */
export const levels: ChartKind = (analysis, palette) => {
  const { run } = analysis;
  if (run.arms.length < 2 || crossedFactors(run).some(([, all]) => isNumeric(all))) return [];
  // The downtimes of migrations have a picture of their own.
  const drawn = headlines(analysis).filter(
    (one) => isLeading(one) && one.key.metric !== downtimeMetric,
  );
  const metrics = [...new Set(drawn.map(({ key }) => key.metric))];
  return metrics.flatMap((metric) =>
    chartOf(
      analysis,
      palette,
      drawn.filter(({ key }) => key.metric === metric),
    ),
  );
};

function chartOf(analysis: Analysis, palette: Palette, panels: SeriesResult[]): Chart[] {
  const [first] = panels;
  if (first === undefined) return [];
  const { run } = analysis;
  const arms = run.arms.map(armText);
  const thinned = thinning(analysis.trials.length);
  const scale = axisScale(
    panels.flatMap((panel) => panel.arms.flat().map(({ value }) => value)),
    first.metric.unit,
  );
  const title = `${first.metric.title}, arm by arm`;
  const columns = Math.min(2, panels.length);
  const room = labelRoom(arms);
  return [
    {
      id: chartId(`${first.key.metric}-by-arm`),
      title,
      caption: captionOf(
        panels,
        run.arms.map((arm) => armPhrase(arm)),
      ),
      spec: {
        title: {
          text: title,
          subtitle: notes(analysis, `${thinned.note} · bars: medians · lines: 95 % intervals`),
        },
        columns,
        spacing: 24,
        concat: panels.map((panel) => ({
          ...(panels.length === 1
            ? {}
            : {
                title: panelTitle(seriesText(panel).dimension),
              }),
          width: Math.floor((chartWidth - 24 * (columns - 1)) / columns) - room,
          height: arms.length * rowHeight,
          encoding: {
            y: {
              field: 'arm',
              type: 'nominal' as const,
              title: null,
              scale: { domain: arms },
              axis: { minExtent: room, maxExtent: room, labelLimit: room },
            },
          },
          layer: [
            {
              data: {
                values: panel.arms.flatMap((list, arm) =>
                  list
                    .filter(({ outcome, block }) => outcome === 'completed' && thinned.draws(block))
                    .map(({ trial, value }) => ({
                      arm: arms[arm],
                      trial,
                      value: value / scale.by,
                    })),
                ),
              },
              mark: { type: 'point' as const, filled: true, size: 30, opacity: 0.55 },
              encoding: {
                x: {
                  field: 'value',
                  type: 'quantitative' as const,
                  title: scale.unit,
                  scale: { zero: true },
                  axis: { tickCount: columns === 1 ? 8 : 5 },
                },
                color: {
                  field: 'arm',
                  type: 'nominal' as const,
                  scale: { domain: arms, range: palette.arms.map(({ light }) => light) },
                  legend: null,
                },
              },
            },
            {
              data: { values: intervals(panel, arms, scale.by) },
              mark: { type: 'rule' as const, strokeWidth: 1.6, color: ink.light },
              encoding: {
                x: { field: 'low', type: 'quantitative' as const },
                x2: { field: 'high' },
              },
            },
            {
              data: { values: medians(panel, arms, scale.by) },
              mark: { type: 'tick' as const, thickness: 2, size: 15, color: ink.light },
              encoding: { x: { field: 'median', type: 'quantitative' as const } },
            },
          ],
        })),
      },
    },
  ];
}

function medians({ summaries }: SeriesResult, arms: readonly string[], by: number) {
  return summaries.flatMap((summary, arm) =>
    summary === undefined || !Number.isFinite(summary.median)
      ? []
      : [{ arm: arms[arm], median: summary.median / by }],
  );
}

function intervals({ summaries }: SeriesResult, arms: readonly string[], by: number) {
  return summaries.flatMap((summary, arm) => {
    const { low = NaN, high = NaN } = summary?.interval ?? {};
    return Number.isFinite(low + high) ? [{ arm: arms[arm], low: low / by, high: high / by }] : [];
  });
}

/** The panel whose medians differ most, and the arms with its least and its greatest. */
function captionOf(panels: readonly SeriesResult[], arms: readonly string[]): string {
  const [widest] = panels
    .flatMap((panel) => {
      const found = extremes(panel);
      return found === undefined ? [] : [{ panel, ...found }];
    })
    .sort((a, b) => spread(b) - spread(a));
  if (widest === undefined) return 'No arm has a figure in most of its trials.';
  const { panel, least, greatest } = widest;
  const { unit } = panel.metric;
  const name = seriesText(panel).sentence;
  const [low, high] = [quantity(least.median, unit), quantity(greatest.median, unit)];
  if (low === high) {
    return `The median of ${name} is ${low}${arms.length === 1 ? '' : ' in all arms'}.`;
  }
  return `The median of ${name} lies between ${low} ${arms[least.arm] ?? ''} and ${high} ${arms[greatest.arm] ?? ''}.`;
}

interface Extremes {
  least: { arm: number; median: number };
  greatest: { arm: number; median: number };
}

function extremes({ summaries }: SeriesResult): Extremes | undefined {
  const found = summaries
    .flatMap((summary, arm) =>
      summary !== undefined && Number.isFinite(summary.median)
        ? [{ arm, median: summary.median }]
        : [],
    )
    .sort((a, b) => a.median - b.median);
  const [least] = found;
  const greatest = found.at(-1);
  return least === undefined || greatest === undefined ? undefined : { least, greatest };
}

/** As a ratio; zero beside more than zero is the widest. */
function spread({ least, greatest }: Extremes): number {
  if (least.median === greatest.median) return 1;
  return least.median === 0 ? Infinity : Math.abs(greatest.median / least.median);
}
