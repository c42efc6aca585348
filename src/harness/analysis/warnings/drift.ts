import { median, sampleRankCorrelation } from 'simple-statistics';
import { isImported, ownPart } from '../imported/systems.ts';
import { isSimulated } from '../simulation/is-simulated.ts';
import { isHeadline, type SeriesResult } from '../series-result.ts';
import { seriesText } from '../series-text.ts';
import { listed } from '../../../base/listed.ts';
import type { WarningKind } from './warning.ts';

const fewest = 12;
/** Standard deviations of a rank correlation by chance, beyond which it is called a drift. */
const threshold = 3.3;

/**
 * Figures that rise or fall with time. Values are taken relative to the median of their arm, so that
 * arms do not hide it; Spearman's correlation with time has the standard deviation 1/√(n − 1) by chance.
 */
export const drift: WarningKind = (input) => {
  const { run, series } = ownPart(input);
  if (isSimulated(run) || isImported(run)) return [];
  const found = series.filter(isHeadline).flatMap((one) => {
    const change = driftOf(one);
    if (change === undefined) return [];
    const percent = Math.abs((change - 1) * 100).toFixed(1);
    return [`${seriesText(one).sentence} ${percent} % ${change > 1 ? 'up' : 'down'}`];
  });
  return found.length === 0
    ? []
    : [
        `Drift: from the first to the second half of the run, ${listed(found)}. Interleaved blocks keep it out of the ratios; medians contain it.`,
      ];
};

/** Second half of the run over the first; undefined where there is no drift to speak of. */
function driftOf({ arms, summaries }: SeriesResult): number | undefined {
  const points = arms
    .flatMap((trials, arm) => {
      const middle = summaries[arm]?.median ?? NaN;
      return trials.map(({ at, value }) => ({ at, log: Math.log(value / middle) }));
    })
    .filter(({ log }) => Number.isFinite(log))
    .sort((a, b) => a.at - b.at);
  if (points.length < fewest || points.every(({ log }) => log === points[0]?.log)) return undefined;
  const moments = points.map(({ at }) => at);
  const logs = points.map(({ log }) => log);
  const correlation = sampleRankCorrelation(moments, logs);
  if (!(Math.abs(correlation) * Math.sqrt(points.length - 1) > threshold)) return undefined;
  const half = Math.floor(points.length / 2);
  return Math.exp(median(logs.slice(half)) - median(logs.slice(0, half)));
}
