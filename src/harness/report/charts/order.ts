import { largest } from '../../../base/stats/largest.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { armText } from '../../analysis/arms.ts';
import { isImported, ownPart } from '../../analysis/imported/systems.ts';
import { isLeading } from '../../analysis/migration/observers.ts';
import { axisScale } from '../../analysis/quantity.ts';
import { headlines } from '../../analysis/series-result.ts';
import { seriesText } from '../../analysis/series-text.ts';
import { type ChartKind, chartWidth, panelTitle } from './chart.ts';
import { notes } from './notes.ts';
import { thinning } from './thinning.ts';

const panelHeight = 130;
const most = 4;
const minute = 60;

/** Headline figures against the moment of each trial: drift and interference become visible. */
export const order: ChartKind = (whole, palette) => {
  const analysis = ownPart(whole);
  const series = headlines(analysis).filter(isLeading).slice(0, most);
  const { run, trials } = analysis;
  const measuresGuests = run.environment.accelerator !== undefined;
  // When a simulation ran says nothing about it; when imported trials ran is not known.
  if (
    analysis.simulated ||
    isImported(run) ||
    series.length === 0 ||
    trials.length < 2 ||
    (run.arms.length < 2 && !measuresGuests)
  )
    return [];
  const arms = run.arms.map(armText);
  const end = largest(trials.map(({ startedAt }) => startedAt));
  const [unit, divisor] =
    end < 3 * minute ? ['s', 1] : end < 180 * minute ? ['min', minute] : ['h', 3600];
  const thinned = thinning(trials.length);
  const title = 'Each trial at its moment';
  const color = {
    field: 'arm',
    type: 'nominal' as const,
    scale: { domain: arms, range: palette.arms.map(({ light }) => light) },
    ...(arms.length === 1
      ? { legend: null }
      : { legend: { columns: 4, symbolType: 'circle' as const } }),
  };
  const x = {
    type: 'quantitative' as const,
    scale: { domain: [0, end / divisor], nice: false, padding: 6 },
  };
  const failed = trials.filter(({ state }) => state === 'failed').length;
  const notConverged = trials.filter(({ state }) => state === 'not-converged').length;
  return [
    {
      id: 'order',
      title,
      caption:
        `${trials.length} trials in the order in which they ran; level clouds mean that nothing drifted` +
        `${crosses(failed, notConverged)}${hollow(analysis)}.`,
      spec: {
        title: { text: title, subtitle: notes(analysis, thinned.note) },
        spacing: 22,
        vconcat: series.map((one, index) => {
          const scale = axisScale(
            one.arms.flat().map(({ value }) => value),
            one.metric.unit,
          );
          const last = index === series.length - 1;
          const aside = analysis.setAsideSeries.find(({ id }) => id === one.id)?.arms ?? [];
          const values = one.arms.flatMap((list, arm) =>
            [...list, ...(aside[arm] ?? [])].flatMap((trial) => {
              const completed = trial.outcome === 'completed';
              if (completed && !thinned.draws(trial.block)) return [];
              return {
                arm: arms[arm] ?? '',
                trial: trial.trial,
                at: trial.at / divisor,
                ...(completed ? { value: trial.value / scale.by } : { failed: true }),
                ...(trial.contaminated === true ? { contaminated: true } : {}),
              };
            }),
          );
          return {
            title: panelTitle(seriesText(one).row),
            width: chartWidth - 70,
            height: panelHeight,
            data: { values },
            layer: [
              {
                transform: [{ filter: 'isValid(datum.value) && !datum.contaminated' }],
                mark: { type: 'point', filled: true, size: 38, opacity: 0.85 },
                encoding: {
                  x: {
                    field: 'at',
                    ...x,
                    title: last ? `time since the run began (${unit})` : null,
                    axis: { grid: false, labels: last, domain: true },
                  },
                  y: {
                    field: 'value',
                    type: 'quantitative',
                    title: scale.unit,
                    scale: { zero: true, nice: 4 },
                    axis: { tickCount: 4, minExtent: 40 },
                  },
                  color,
                },
              },
              {
                transform: [{ filter: 'isValid(datum.value) && datum.contaminated' }],
                mark: { type: 'point', filled: false, size: 46, strokeWidth: 1.6, opacity: 1 },
                encoding: {
                  x: { field: 'at', ...x },
                  y: { field: 'value', type: 'quantitative' },
                  color,
                },
              },
              {
                transform: [{ filter: 'datum.failed' }],
                mark: { type: 'point', shape: 'cross', angle: 45, size: 60, filled: true },
                encoding: { x: { field: 'at', ...x }, y: { value: 4 }, color },
              },
            ],
          };
        }),
        resolve: { scale: { color: 'shared' } },
      },
    },
  ];
};

/** What hollow points are. */
function hollow({ trials, setAside }: Analysis): string {
  const found = trials.filter(({ contaminated }) => contaminated !== undefined).length;
  if (found === 0) return '';
  const repeated = [...setAside.keys()].length;
  const count = repeated === 0 ? 'none was repeated' : `${repeated} set aside for a repeat`;
  return `; hollow points are trials contaminated by other load (${found}, ${count})`;
}

function crosses(failed: number, notConverged: number): string {
  const count = failed + notConverged;
  if (count === 0) return '';
  const how = [
    ...(failed > 0 ? ['failed'] : []),
    ...(notConverged > 0 ? ['did not converge'] : []),
  ].join(' or ');
  return `, crosses at the top are the ${count === 1 ? 'trial' : `${count} trials`} that ${how}`;
}
