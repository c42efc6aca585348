import { armPhrase, armText } from '../../analysis/arms.ts';
import { quantity } from '../../analysis/quantity.ts';
import { seriesOf, type SeriesResult } from '../../analysis/series-result.ts';
import { type ChartKind, chartWidth } from './chart.ts';
import { notes } from './notes.ts';

const panelHeight = 220;
const milliseconds = 1e-3;

/** Latency percentiles of each job, one curve an arm, on a log scale. */
export const latency: ChartKind = (analysis, palette) => {
  const series = seriesOf(analysis, 'guest-io.latency').filter(
    ({ key }) => key.percentile !== undefined,
  );
  const jobs = [...new Set(series.map(({ key }) => key.job ?? ''))];
  const arms = analysis.run.arms.map(armText);
  const points = series.flatMap(({ key, summaries }) =>
    summaries.flatMap((summary, arm) => {
      const median = summary?.median ?? NaN;
      if (!(median > 0) || !Number.isFinite(median)) return [];
      return [
        {
          job: key.job ?? '',
          arm: arms[arm] ?? '',
          percentile: key.percentile ?? 0,
          latency: median / milliseconds,
        },
      ];
    }),
  );
  if (points.length === 0) return [];
  const percentiles = [...new Set(points.map(({ percentile }) => percentile))].sort(
    (a, b) => a - b,
  );
  const columns = Math.min(3, jobs.length);
  const title = 'Completion latency by percentile';
  return [
    {
      id: 'latency',
      title,
      caption: captionOf(
        series,
        analysis.run.arms.map((arm) => armPhrase(arm)),
      ),
      spec: {
        title: {
          text: title,
          subtitle: notes(
            analysis,
            'medians over the trials; percentiles from the merged histograms of all guests of a trial',
          ),
        },
        data: { values: points },
        facet: { field: 'job', type: 'nominal', sort: jobs, title: null },
        columns,
        spacing: 28,
        spec: {
          width: Math.floor((chartWidth - 64 - 28 * (columns - 1)) / columns),
          height: panelHeight,
          mark: { type: 'line', strokeWidth: 1.6, point: { size: 22, filled: true } },
          encoding: {
            x: {
              field: 'percentile',
              type: 'ordinal',
              sort: percentiles,
              title: 'percentile',
              axis: { labelAngle: 0, grid: false },
              scale: { type: 'point', padding: 0.3 },
            },
            y: {
              field: 'latency',
              type: 'quantitative',
              title: 'ms (log scale)',
              scale: { type: 'log' },
              axis: { values: decades(points.map(({ latency: value }) => value)) },
            },
            color: {
              field: 'arm',
              type: 'nominal',
              scale: { domain: arms, range: palette.arms.map(({ light }) => light) },
              ...(arms.length === 1
                ? { legend: null }
                : { legend: { columns: 4, symbolType: 'stroke' } }),
            },
          },
        },
      },
    },
  ];
};

/** Powers of ten, with 2 and 5 between them where there are few. */
function decades(values: readonly number[]): number[] {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  const between = high - low > 2 ? [1] : [1, 2, 5];
  return Array.from({ length: high - low + 1 }, (_, step) => low + step).flatMap((power) =>
    between.map((digit) => Number(`${digit}e${power}`)),
  );
}

/** Where the tail is longest against the median. */
function captionOf(series: readonly SeriesResult[], arms: readonly string[]): string {
  const highest = Math.max(...series.map(({ key }) => key.percentile ?? 0));
  const tails = series
    .filter(({ key }) => key.percentile === highest)
    .flatMap(({ key, summaries }) => {
      const middle = series.find((one) => one.key.job === key.job && one.key.percentile === 50);
      return summaries.flatMap((summary, arm) => {
        const [top, half] = [summary?.median, middle?.summaries[arm]?.median];
        if (top === undefined || half === undefined || !Number.isFinite(top / half)) return [];
        return [{ job: key.job ?? 'I/O', arm, top, half }];
      });
    })
    .sort((a, b) => b.top / b.half - a.top / a.half);
  const [longest] = tails;
  if (longest === undefined) return 'Each curve is one arm.';
  const { job, arm, top, half } = longest;
  const where = arms[arm] === undefined || arms[arm] === '' ? '' : ` ${arms[arm]}`;
  return `The longest tail is that of ${job}${where}: p${highest} is ${quantity(top, 's')}, against ${quantity(half, 's')} in the median.`;
}
