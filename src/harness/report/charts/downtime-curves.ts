import { levelText } from '../../analysis/arms.ts';
import type { CurveSet } from '../../analysis/p2v/curves.ts';
import { passingsSentence, restText } from '../../analysis/p2v/texts.ts';
import { axisScale } from '../../analysis/quantity.ts';
import { type ChartKind, chartWidth, panelTitle } from './chart.ts';
import { notes } from './notes.ts';
import { quiet } from './theme.ts';

const mebibyte = 2 ** 20;
const panelHeight = 230;

/** Downtime of a conversion against the bytes on the disk, a line a method, as measured and as predicted. */
export const downtimeCurves: ChartKind = (analysis, palette) => {
  const { curves: sets } = analysis;
  if (sets.length === 0) return [];
  const title = 'Downtime against the data on the disk';
  const all = sets.flatMap(({ curves }) => curves.flatMap(({ points }) => points));
  if (all.length === 0) return [];
  const scale = axisScale(
    all.map(({ median }) => median),
    's',
  );
  const methods = sets[0]?.curves.map(({ method }) => levelText('conversion', method)) ?? [];
  const colours = (sets[0]?.curves ?? []).map(
    ({ points }) => palette.families[points[0]?.arm ?? 0]?.light ?? '',
  );
  const sizes = [...new Set(all.map(({ bytes }) => bytes / mebibyte))];
  // No data has no logarithm.
  const [along, axes] = sizes.includes(0)
    ? (['symlog', 'axis of time'] as const)
    : (['log', 'both axes'] as const);
  return [
    {
      id: 'p2v-downtime-by-data',
      title,
      caption: sets
        .flatMap((set) => set.curves.slice(1).map(({ method }) => passingsSentence(set, method)))
        .join(' '),
      spec: {
        title: {
          text: title,
          subtitle: notes(
            analysis,
            `points: medians with their 95 % intervals · dashed: as predicted before · ${axes} logarithmic`,
          ),
        },
        spacing: 24,
        vconcat: sets.map((set, index) => ({
          title: panelTitle(restText(set).trim() || 'all trials'),
          width: chartWidth - 90,
          height: panelHeight,
          data: {
            values: set.curves.flatMap(({ method, points }) =>
              points.map(({ bytes, median, interval, predicted }) => ({
                method: levelText('conversion', method),
                data: bytes / mebibyte,
                median: median / scale.by,
                low: interval && interval.low / scale.by,
                high:
                  interval && Number.isFinite(interval.high) ? interval.high / scale.by : undefined,
                predicted: predicted === undefined ? undefined : predicted / scale.by,
              })),
            ),
          },
          encoding: {
            x: {
              field: 'data',
              type: 'quantitative' as const,
              scale: { type: along, nice: false },
              title: index === sets.length - 1 ? 'data on the disk, beside the system (MiB)' : null,
              axis: { values: sizes, grid: false },
            },
            color: {
              field: 'method',
              type: 'nominal' as const,
              scale: { domain: methods, range: colours },
              legend: { symbolType: 'stroke' as const },
            },
          },
          layer: [
            layer('predicted', { type: 'line', strokeDash: [4, 3], strokeWidth: 1.2 }),
            layer('median', { type: 'line', strokeWidth: 1.6 }),
            {
              transform: [{ filter: 'isValid(datum.low) && isValid(datum.high)' }],
              mark: { type: 'rule' as const, strokeWidth: 1.4 },
              encoding: {
                y: { field: 'low', type: 'quantitative' as const },
                y2: { field: 'high' },
              },
            },
            layer('median', { type: 'point', filled: true, size: 40 }),
            ...marks(set, sizes),
          ],
        })),
        resolve: { scale: { color: 'shared' as const } },
      },
    },
  ];

  function layer(field: string, mark: { type: 'line' | 'point'; [more: string]: unknown }) {
    return {
      transform: [{ filter: `isValid(datum.${field})` }],
      mark,
      encoding: {
        y: {
          field,
          type: 'quantitative' as const,
          scale: { type: 'log' as const, nice: false, padding: 14 },
          title: `downtime (${scale.unit})`,
          axis: { tickCount: 5, minExtent: 40 },
        },
      },
    };
  }
};

/** Where methods cross and where 90 % are saved, inside what was measured; in the colour of the method. */
function marks({ passings }: CurveSet, sizes: readonly number[]) {
  const values = passings
    .map(({ method, share, from }) => ({
      data: from / mebibyte,
      method: levelText('conversion', method),
      label: share === 1 ? 'as long' : `${Math.round(100 * (1 - share))} % less`,
    }))
    .filter(({ data }) => data >= Math.min(...sizes) && data <= Math.max(...sizes));
  const x = { field: 'data', type: 'quantitative' as const };
  return [
    {
      data: { values },
      mark: { type: 'rule' as const, strokeDash: [2, 3] },
      encoding: { x },
    },
    {
      data: { values },
      mark: { type: 'text' as const, align: 'right' as const, dx: -4, fontSize: 10 },
      encoding: {
        x,
        y: { value: 8 },
        text: { field: 'label', type: 'nominal' as const },
        color: { value: quiet.light },
      },
    },
  ];
}
