import { mean, sampleVariance } from 'simple-statistics';
import type { Interval } from '../../../base/stats/interval.ts';
import { studentQuantile } from '../../../base/stats/student-t.ts';
import type { RunLevel } from './run-level.ts';

/** Separate runs below which the noise between runs is not known. */
export const fewestRuns = 5;

/** Trials below which a run does not tell how much they scatter. */
const fewestTrials = 5;

/**
 * How many times the level of earlier runs that of the runs in question is. The noise is the variance
 * between the earlier ones: they and those in question are taken to scatter alike, around means that may
 * differ, so the interval is mean difference ± t·√(s²·(1/k + 1/r)) on the log scale, with k − 1 degrees of
 * freedom. It holds all that varies from run to run and, through the levels of runs, what varies between
 * guests and iterations inside them. Where the runs in question have fewer trials than the earlier ones
 * (or noisier ones), the variance inside runs that this adds is added; few trials do not tell their own:
 * they are taken to be no calmer than those of earlier runs.
 * @returns undefined for fewer than five earlier runs, and for none in question
 */
export function againstRuns(
  earlier: readonly RunLevel[],
  now: readonly RunLevel[],
  confidence: number,
): Interval | undefined {
  const [k, r] = [earlier.length, now.length];
  if (k < fewestRuns || r === 0) return undefined;
  const logs = earlier.map(({ log }) => log);
  const difference = mean(now.map(({ log }) => log)) - mean(logs);
  if (!Number.isFinite(difference)) return undefined;
  const known = earlier.flatMap(({ variance, n }) =>
    variance === undefined ? [] : [variance * n],
  );
  const ofTrial = known.length === 0 ? 0 : mean(known);
  const inside = (levels: readonly RunLevel[]) =>
    mean(levels.map((level) => insideOf(level, ofTrial)));
  const added = Math.max(0, inside(now) - inside(earlier)) / r;
  const deviation = Math.sqrt(sampleVariance(logs) * (1 / k + 1 / r) + added);
  const half = studentQuantile((1 + confidence) / 2, k - 1) * deviation;
  return {
    estimate: Math.exp(difference),
    low: Math.exp(difference - half),
    high: Math.exp(difference + half),
    confidence,
  };
}

/** Variance of a run's level by what is inside it. */
function insideOf({ variance, n }: RunLevel, ofTrial: number): number {
  if (variance === undefined) return ofTrial / n;
  return n < fewestTrials ? Math.max(variance, ofTrial / n) : variance;
}
