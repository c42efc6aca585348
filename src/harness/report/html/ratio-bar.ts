import type { Interval } from '../../../base/stats/interval.ts';
import type { Judgement } from '../../analysis/judgement.ts';
import { type Html, trusted } from './template.ts';

const width = 92;
const height = 14;
/** Room for a mark at the end of the range. */
const edge = 5;
const middle = height / 2;

/** The range of ratios that a row of small bars shows, on a log scale with 1 inside. */
export interface RatioRange {
  low: number;
  high: number;
}

/** A range that holds all these intervals, 1, and a little air. */
export function ratioRange(ratios: readonly Interval[], margin: number): RatioRange {
  const finite = ratios
    .flatMap(({ low, high }) => [low, high])
    .filter((end) => end > 0 && Number.isFinite(end));
  const low = Math.min(1 / (1 + 2 * margin), ...finite);
  const high = Math.max(1 + 2 * margin, ...finite);
  const air = (high / low) ** 0.06;
  return { low: low / air, high: high * air };
}

/** A small bar for the interval of a ratio, its estimate as a mark, and a line at 1. */
export function ratioBar(
  { estimate, low, high }: Interval,
  range: RatioRange,
  margin: number,
  { kind }: Judgement,
): Html {
  const at = (ratio: number) => {
    const share = Math.log(ratio / range.low) / Math.log(range.high / range.low);
    return round(edge + Math.min(1, Math.max(0, share)) * (width - 2 * edge));
  };
  const colour = kind === 'different' ? 'var(--accent)' : 'var(--quiet)';
  const mark =
    kind === 'inconclusive'
      ? `fill="var(--paper)" stroke="${colour}" stroke-width="1.4"`
      : `fill="${colour}"`;
  return trusted(
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-hidden="true">` +
      `<rect x="${at(1 / (1 + margin))}" y="0" width="${round(at(1 + margin) - at(1 / (1 + margin)))}" height="${height}" fill="var(--fainter)"/>` +
      `<line x1="${at(1)}" x2="${at(1)}" y1="0" y2="${height}" stroke="var(--quiet)" stroke-width="1"/>` +
      `<line x1="${at(low)}" x2="${at(high)}" y1="${middle}" y2="${middle}" stroke="${colour}" stroke-width="2.4"/>` +
      `<circle cx="${at(estimate)}" cy="${middle}" r="3" ${mark}/></svg>`,
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
