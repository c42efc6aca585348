import type { Analysis } from '../../analysis/analysis.ts';
import { largest } from '../../../base/stats/largest.ts';
import { median } from 'simple-statistics';
import { axisScale, quantity } from '../../analysis/quantity.ts';
import { type ChartKind, chartWidth, panelTitle } from './chart.ts';
import { logTicks } from './log-ticks.ts';
import { notes } from './notes.ts';
import { accent, ink, quiet } from './theme.ts';

const panelHeight = 78;
const minute = 60;
/** What the axis shows at least above and below the median, as a factor. */
const leastSpan = 2.5;
const lineColours = [ink, accent, quiet].map(({ light }) => light);
const lineDashes = [
  [1, 0],
  [1, 0],
  [5, 3],
];

/** What the sentinel's job took between the trials: other tenants of a storage become visible. */
export const sentinel: ChartKind = (analysis) => {
  const { sentinel: events, trials } = analysis;
  const points = events.flatMap(({ at, phase = '', observer, figures = {} }) =>
    Object.entries(figures).flatMap(([way, seconds]) =>
      !/maximum$/i.test(way) && seconds > 0 && Number.isFinite(seconds)
        ? [
            {
              at,
              way: words(way),
              seconds,
              line: observer === undefined ? phase : `${phase}, seen from ${observer}`,
            },
          ]
        : [],
    ),
  );
  const ways = [...new Set(points.map(({ way }) => way))];
  if (points.length < 2) return [];
  const lines = [...new Set(points.map(({ line }) => line))];
  const end = largest([
    ...points.map(({ at }) => at),
    ...trials.map(({ startedAt, duration }) => startedAt + duration),
  ]);
  const [unit, divisor] =
    end < 3 * minute ? ['s', 1] : end < 180 * minute ? ['min', minute] : ['h', 3600];
  const dirty = trials
    .filter(({ contaminated }) => contaminated !== undefined)
    .map(({ trial, startedAt, duration }) => ({
      trial,
      from: startedAt / divisor,
      to: (startedAt + duration) / divisor,
    }));
  const x = {
    type: 'quantitative' as const,
    scale: { domain: [0, end / divisor], nice: false, padding: 6 },
  };
  const title = 'The sentinel: how long requests of its own took between the trials';
  return [
    {
      id: 'sentinel',
      title,
      caption: captionOf(analysis, points),
      spec: {
        title: {
          text: title,
          subtitle: notes(
            analysis,
            `log scale${dirty.length === 0 ? '' : ' · shaded: trials contaminated by other load'}`,
          ),
        },
        spacing: 18,
        vconcat: ways.map((way, index) => {
          const own = points.filter((point) => point.way === way);
          const scale = axisScale([median(own.map(({ seconds }) => seconds))], 's');
          const values = own.map((point) => ({
            ...point,
            at: point.at / divisor,
            seconds: point.seconds / scale.by,
          }));
          const all = values.map(({ seconds }) => seconds);
          // Wide enough for ticks, and for small changes to look small.
          const middle = median(all);
          const domain = [
            Math.min(...all, middle / leastSpan) / 1.15,
            Math.max(...all, middle * leastSpan) * 1.15,
          ] as const;
          const last = index === ways.length - 1;
          const color = {
            field: 'line',
            type: 'nominal' as const,
            scale: {
              domain: lines,
              range: lines.map((_, line) => lineColours[line % lineColours.length] ?? ''),
            },
            legend: lines.length === 1 ? null : { columns: 3, symbolType: 'stroke' as const },
          };
          const strokeDash = {
            field: 'line',
            type: 'nominal' as const,
            scale: {
              domain: lines,
              range: lines.map((_, line) => lineDashes[line % lineDashes.length] ?? [1, 0]),
            },
          };
          return {
            title: panelTitle(lines.length === 1 ? `${way}, ${lines[0] ?? ''}` : way),
            width: chartWidth - 70,
            height: panelHeight,
            layer: [
              {
                data: { values: dirty },
                mark: { type: 'rect' as const, color: accent.light, opacity: 0.16 },
                encoding: { x: { field: 'from', ...x }, x2: { field: 'to' } },
              },
              {
                data: { values },
                mark: {
                  type: 'line' as const,
                  strokeWidth: 1.3,
                  point: { size: 18, filled: true },
                },
                encoding: {
                  x: {
                    field: 'at',
                    ...x,
                    title: last ? `time since the run began (${unit})` : null,
                    axis: { grid: false, labels: last, domain: true },
                  },
                  y: {
                    field: 'seconds',
                    type: 'quantitative' as const,
                    title: scale.unit,
                    scale: { type: 'log' as const, domain: [...domain], nice: false },
                    axis: { values: logTicks(domain[0], domain[1]), minExtent: 40 },
                  },
                  color,
                  ...(lines.length === 1 ? {} : { strokeDash }),
                },
              },
            ],
          };
        }),
      },
    },
  ];
};

/** `smallWrite` → `small write`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** The median of the job that took longest beside the longest that was seen of it. */
function captionOf(
  { trials, setAside }: Analysis,
  points: readonly { way: string; line: string; seconds: number }[],
): string {
  const groups = new Map<string, number[]>();
  for (const { way, line, seconds } of points) {
    const name = `${way} on ${line}`;
    groups.set(name, [...(groups.get(name) ?? []), seconds]);
  }
  const [worst] = [...groups]
    .map(([name, all]) => ({ name, middle: median(all), most: largest(all) }))
    .sort((a, b) => b.most / b.middle - a.most / a.middle);
  const found = trials.filter(({ contaminated }) => contaminated !== undefined).length;
  const ending =
    found === 0
      ? 'no trial counts as contaminated'
      : `${found} ${found === 1 ? 'trial counts' : 'trials count'} as contaminated, ${setAside.size} of them repeated`;
  return worst === undefined
    ? `${ending}.`
    : `A level line means that nobody else used the storage: the median of ${worst.name} is ${quantity(worst.middle, 's')}, the longest ${quantity(worst.most, 's')}; ${ending}.`;
}
