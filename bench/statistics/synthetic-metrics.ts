import type { Random } from '../../src/base/stats/random.ts';
import { normalQuantile } from '../../src/base/stats/normal.ts';

/** How a metric scatters, as coefficients of variation. */
export interface MetricNoise {
  /** Between trials of a run. */
  within: number;
  /** Between runs. */
  between: number;
}

/** Share of the variance between runs that all metrics of a run have in common: a slow day. */
const common = 0.5;
/** Trials far off: how many, and by what factor at most. */
const outliers = { share: 0.03, most: 1.6 };
/** Everything gets slower or faster by up to so much from the first to the last trial of a run. */
const drift = 0.03;

export function normal(random: Random): number {
  return normalQuantile(random.next() + 2 ** -54);
}

/** Metrics of which each has noise of its own: within 1 to 20 % (log-uniform), between 1 to 3 %. */
export function drawMetrics(count: number, random: Random): MetricNoise[] {
  return Array.from({ length: count }, () => ({
    within: 0.01 * 20 ** random.next(),
    between: 0.01 + 0.02 * random.next(),
  }));
}

/** The trials of one run, metric by metric; the true level of each is 1. */
export function drawRun(
  metrics: readonly MetricNoise[],
  trials: number,
  random: Random,
): number[][] {
  const day = normal(random);
  const slope = drift * (2 * random.next() - 1);
  return metrics.map(({ within, between }) => {
    const own = normal(random);
    const level = between * (Math.sqrt(common) * day + Math.sqrt(1 - common) * own);
    return Array.from({ length: trials }, (_, trial) => {
      const moved = slope * (trial / trials - 0.5);
      return Math.exp(level + moved + within * normal(random)) * outlier(random);
    });
  });
}

/** Both versions in every block of one run, metric by metric; the other takes `slower` times as long. */
export function drawInterleaved(
  metrics: readonly MetricNoise[],
  blocks: number,
  slower: number,
  random: Random,
): { baseline: number; other: number }[][] {
  const slope = drift * (2 * random.next() - 1);
  return metrics.map(({ within }) =>
    Array.from({ length: blocks }, (_, block) => {
      const moved = Math.exp(slope * (block / blocks - 0.5));
      const value = () => moved * Math.exp(within * normal(random)) * outlier(random);
      return { baseline: value(), other: slower * value() };
    }),
  );
}

function outlier(random: Random): number {
  return random.next() < outliers.share ? 1 + (outliers.most - 1) * random.next() : 1;
}
