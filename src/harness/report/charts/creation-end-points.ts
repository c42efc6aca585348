import { armPhrase, armText } from '../../analysis/arms.ts';
import { axisScale, quantity } from '../../analysis/quantity.ts';
import { seriesOf } from '../../analysis/series-result.ts';
import { type ChartKind, chartWidth, labelRoom } from './chart.ts';
import { notes } from './notes.ts';
import { faint, ink } from './theme.ts';

const rowHeight = 26;
const observers = ['monitor', 'init', 'agent', 'service'];
const shapes = ['circle', 'square', 'triangle-up', 'diamond'];

/** When each observer first saw the guest, on one time axis. */
export const creationEndPoints: ChartKind = (analysis) => {
  const series = seriesOf(analysis, 'creation.end-point').filter(
    ({ key }) => key.observer !== undefined,
  );
  const arms = analysis.run.arms.map(armText);
  const room = labelRoom(arms);
  const seen = observers.filter((name) => series.some(({ key }) => key.observer === name));
  const largest = series.flatMap(({ summaries }) =>
    summaries.map((summary) => summary?.median ?? 0),
  );
  const scale = axisScale(largest, 's');
  const points = series.flatMap(({ key, summaries }) =>
    summaries.flatMap((summary, arm) => {
      if (summary === undefined || !Number.isFinite(summary.median)) return [];
      return [{ arm: arms[arm], observer: key.observer ?? '', value: summary.median / scale.by }];
    }),
  );
  if (points.length === 0) return [];
  const title = 'Guest creation, four end points';
  const baseline = armPhrase(analysis.run.arms[0] ?? {});
  const where = baseline === '' ? '' : `; ${baseline}`;
  const said = points
    .filter(({ arm }) => arm === arms[0])
    .sort((a, b) => a.value - b.value)
    .map(({ observer, value }) => `${observer} ${quantity(value * scale.by, 's')}`);
  return [
    {
      id: 'creation-end-points',
      title,
      caption: `What counts as created decides the figure${where}: ${said.join(', ')}.`,
      spec: {
        title: {
          text: title,
          subtitle: notes(
            analysis,
            'medians of the time from the request until each observer saw the guest',
          ),
        },
        width: chartWidth - room,
        height: { step: rowHeight },
        data: { values: points },
        encoding: {
          y: {
            field: 'arm',
            type: 'nominal',
            title: null,
            scale: { domain: arms },
            axis: { minExtent: room, maxExtent: room },
          },
        },
        layer: [
          {
            mark: { type: 'rule', color: faint.light },
            encoding: {
              x: {
                aggregate: 'min',
                field: 'value',
                type: 'quantitative',
                title: `time since the request (${scale.unit})`,
                scale: { zero: true },
                axis: { tickCount: 8 },
              },
              x2: { aggregate: 'max', field: 'value' },
            },
          },
          {
            mark: { type: 'point', filled: true, size: 64, opacity: 1, color: ink.light },
            encoding: {
              x: { field: 'value', type: 'quantitative' },
              shape: {
                field: 'observer',
                type: 'nominal',
                scale: {
                  domain: seen,
                  range: seen.map((name) => shapes[observers.indexOf(name)] ?? 'circle'),
                },
              },
            },
          },
        ],
      },
    },
  ];
};
