import type { Effect } from '../../analysis/effects.ts';
import { levelText } from '../../analysis/arms.ts';
import { ratioWithInterval } from '../../analysis/quantity.ts';
import { seriesText } from '../../analysis/series-text.ts';
import { type ChartKind, chartWidth, panelTitle } from './chart.ts';
import { notes } from './notes.ts';
import { accent, fainter, ink, quiet } from './theme.ts';

const rowHeight = 24;
const labelWidth = 330;
const textSpace = 130;
const meanings = ['better', 'worse', 'equal', 'inconclusive'] as const;

/** What each factor does to the headline figures: ratios with intervals on one log axis. */
export const ratios: ChartKind = (analysis) => {
  const { effects, margin } = analysis;
  const rows = effects.flatMap((effect) => {
    const interval = effect.ratio?.interval;
    if (interval === undefined || !(interval.estimate > 0) || !Number.isFinite(interval.estimate)) {
      return [];
    }
    const { estimate, low, high } = interval;
    return [
      {
        comparison: comparisonOf(effect),
        row: seriesText(effect.series).row,
        estimate,
        low,
        high,
        label: ratioWithInterval(estimate, low, high),
        meaning: meaningOf(effect),
      },
    ];
  });
  if (rows.length === 0) return [];
  const comparisons = [...new Set(rows.map(({ comparison }) => comparison))];
  const legend = `±${Math.round(margin * 100)} %`;
  const ends = rows
    .flatMap(({ estimate, low, high }) => [estimate, low, high])
    .filter((end) => end > 0 && Number.isFinite(end));
  const domain = [
    Math.min(1 / (1 + 2 * margin), ...ends) / 1.05,
    Math.max(1 + 2 * margin, ...ends) * 1.05,
  ];
  // An interval that failed trials leave open runs to the edge.
  for (const row of rows) {
    row.low = Math.max(row.low, domain[0] ?? 0);
    row.high = Math.min(row.high, domain[1] ?? Infinity);
  }
  const width = chartWidth - labelWidth - textSpace;
  const x = {
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain, nice: false },
  };
  const y = {
    field: 'row',
    type: 'nominal' as const,
    sort: null,
    title: null,
    axis: { minExtent: labelWidth, maxExtent: labelWidth, labelLimit: labelWidth - 10 },
  };
  const title = 'What each factor does: ratios to its base level';
  return [
    {
      id: 'ratios',
      title,
      caption: captionOf(rows.length, effects, margin),
      spec: {
        title: {
          text: title,
          subtitle: notes(
            analysis,
            `● better  ■ worse  ◆ equal within ${legend} (grey band)  ○ inconclusive · lines: 95 % intervals`,
          ),
        },
        spacing: 16,
        vconcat: comparisons.map((comparison, index) => {
          const values = rows.filter((row) => row.comparison === comparison);
          const last = index === comparisons.length - 1;
          return {
            title: panelTitle(comparison),
            width,
            height: values.length * rowHeight,
            data: { values },
            layer: [
              {
                data: { values: [{ from: 1 / (1 + margin), to: 1 + margin }] },
                mark: { type: 'rect', color: fainter.light },
                encoding: {
                  x: {
                    field: 'from',
                    ...x,
                    title: last ? 'ratio (log scale)' : null,
                    axis: {
                      labels: last,
                      grid: false,
                      domain: last,
                      values: ticks(domain),
                      format: '~r',
                    },
                  },
                  x2: { field: 'to' },
                },
              },
              {
                data: { values: [{ one: 1 }] },
                mark: { type: 'rule', color: quiet.light },
                encoding: { x: { field: 'one', ...x } },
              },
              {
                mark: { type: 'rule', strokeWidth: 2 },
                encoding: {
                  y,
                  x: { field: 'low', ...x },
                  x2: { field: 'high' },
                  color: colour(false),
                },
              },
              {
                mark: { type: 'point', filled: true, opacity: 1, size: 60, strokeWidth: 1.5 },
                encoding: {
                  y,
                  x: { field: 'estimate', ...x },
                  fill: colour(true),
                  stroke: colour(false),
                  shape: {
                    field: 'meaning',
                    type: 'nominal',
                    scale: {
                      domain: [...meanings],
                      range: ['circle', 'square', 'diamond', 'circle'],
                    },
                    legend: null,
                  },
                },
              },
              {
                mark: { type: 'text', align: 'left', fontSize: 11, color: quiet.light },
                encoding: { y, text: { field: 'label' }, x: { value: width + 10 } },
              },
            ],
          };
        }),
      },
    },
  ];
};

function colour(inside: boolean) {
  return {
    field: 'meaning',
    type: 'nominal' as const,
    scale: {
      domain: [...meanings],
      range: [accent.light, ink.light, quiet.light, inside ? '#ffffff' : quiet.light],
    },
    legend: null,
  };
}

function comparisonOf({ factor, base, level, noiseFloor }: Effect): string {
  const text = `${levelText(factor, level)} against ${levelText(factor, base)}`;
  return noiseFloor ? `${text} (one device: noise floor)` : text;
}

function meaningOf({ judgement, ratio, series }: Effect): (typeof meanings)[number] {
  if (judgement.kind === 'equal') return 'equal';
  if (judgement.kind !== 'different') return 'inconclusive';
  return (ratio?.estimate ?? 1) < 1 === (series.metric.better === 'lower') ? 'better' : 'worse';
}

/** Readable ticks of a log axis, at most about eight. */
function ticks([low = 1, high = 1]: number[]): number[] {
  const all = [
    0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3, 1.5, 2, 3, 4,
    5, 10, 20, 50, 100,
  ];
  const inside = all.filter((tick) => tick >= low && tick <= high);
  if (inside.length <= 9) return inside;
  const coarse = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 20, 50, 100];
  return coarse.filter((tick) => tick >= low && tick <= high);
}

function captionOf(shown: number, effects: readonly Effect[], margin: number): string {
  const count = (kind: string) => effects.filter(({ judgement }) => judgement.kind === kind).length;
  const parts = [
    [count('different'), 'show a difference'],
    [count('equal'), `are equal within ±${Math.round(margin * 100)} %`],
    [count('inconclusive'), 'are inconclusive'],
    [count('not-comparable'), 'cannot be compared'],
  ] as const;
  const said = parts
    .filter(([number]) => number > 0)
    .map(
      ([number, what]) =>
        `${number} ${number === 1 ? what.replace('show', 'shows').replace(/\bare\b/, 'is') : what}`,
    );
  const hidden = effects.length - shown;
  const rest =
    hidden === 0
      ? ''
      : `; ${hidden} without a finite interval ${hidden === 1 ? 'is' : 'are'} not drawn`;
  return `Of ${effects.length} effects of factors on headline figures ${said.join(', ')}${rest}.`;
}
