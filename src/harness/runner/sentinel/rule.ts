import { median, medianAbsoluteDeviation } from 'simple-statistics';

/** What one sentinel found on a storage: seconds of its median write and read. */
export interface SentinelFigures {
  write: number;
  read: number;
}

/** Fewer quiet sentinels than this say nothing about what is usual. */
export const fewestQuiet = 5;
/** A ratio that is never remarkable below. */
const leastRatio = 2;
/** Seconds that are never remarkable below. */
const leastDelay = 0.0002;
/** Standard deviations, on the log scale, that are usual. */
const usualDeviations = 6;
/** From the median absolute deviation to the standard deviation, where the logarithms are normal. */
const perMad = 1.4826;

/**
 * Whether a storage was slower than usual, by the load of others. A sentinel has moved when its
 * median write or read took more than r times the median of the run's quiet sentinels, with
 * r = max(2, exp(6 · 1.4826 · MAD)), the MAD being that of the logarithms of the quiet ones: the more
 * these vary by themselves, the more it takes. And it must be slower by 0.2 ms: less is what a busy
 * CPU adds to what a cache answers. One that is faster is no matter of others' load.
 * @param quiet those of the same run, storage and host that had not moved
 * @returns in words, `writes took 3.1 times as long as usual`; undefined where it has not moved, or
 *   where there are fewer than five quiet ones
 */
export function sentinelMoved(
  now: SentinelFigures,
  quiet: readonly SentinelFigures[],
): string | undefined {
  if (quiet.length < fewestQuiet) return undefined;
  const ratios = (['write', 'read'] as const).map((name) => {
    const logs = quiet.map((figures) => Math.log(figures[name]));
    const usual = Math.exp(median(logs));
    const ratio = now[name] / usual;
    const spread = usualDeviations * perMad * medianAbsoluteDeviation(logs);
    const slower = ratio > Math.max(leastRatio, Math.exp(spread));
    return { name, ratio, moved: slower && now[name] - usual > leastDelay };
  });
  const [worst] = ratios.filter(({ moved }) => moved).sort((a, b) => b.ratio - a.ratio);
  return (
    worst &&
    `${worst.name}s took ${worst.ratio.toFixed(worst.ratio < 10 ? 1 : 0)} times as long as usual`
  );
}
