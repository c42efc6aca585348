/** Value of a bin → how many samples lie in it, such as `clat_ns.bins` of fio's json+. */
export type Bins = Readonly<Record<string, number>> | ReadonlyMap<number, number>;

/** Merged bins in ascending order of value. */
export interface Histogram {
  values: readonly number[];
  counts: readonly number[];
  /** Sum of the counts. */
  total: number;
}

/**
 * Adds histograms up, bin by bin: percentiles of the sum are those of all samples together, which the mean
 * of percentiles is not. Throws a RangeError for bins that are no numbers and counts that are no whole
 * numbers from 0.
 */
export function mergeHistograms(histograms: Iterable<Bins>): Histogram {
  const merged = new Map<number, number>();
  for (const bins of histograms) {
    const entries = bins instanceof Map ? bins.entries() : Object.entries(bins);
    for (const [key, count] of entries as Iterable<[string | number, number]>) {
      const value = key === '' ? NaN : Number(key);
      if (!Number.isFinite(value)) {
        throw new RangeError(`mergeHistograms: expected a number as bin, got "${key}"`);
      }
      if (!Number.isSafeInteger(count) || count < 0) {
        throw new RangeError(
          `mergeHistograms: expected a whole count from 0 in bin ${value}, got ${count}`,
        );
      }
      if (count > 0) merged.set(value, (merged.get(value) ?? 0) + count);
    }
  }
  const ascending = [...merged].sort(([a], [b]) => a - b);
  return {
    values: ascending.map(([value]) => value),
    counts: ascending.map(([, count]) => count),
    total: ascending.reduce((sum, [, count]) => sum + count, 0),
  };
}

/**
 * Percentile of a histogram by nearest rank, in the unit of the bins: the smallest bin up to which at
 * least `percent` percent (0 < percent ≤ 100) of the samples lie. Exact to the width of a bin. Throws a
 * RangeError for an empty histogram.
 *
 * As fio computes them, but for one case: where percent × total is a whole number that binary fractions
 * miss (99.9 % of 1,000), fio takes the next sample up.
 */
export function histogramPercentile(histogram: Histogram, percent: number): number {
  if (histogram.total === 0) {
    throw new RangeError('histogramPercentile: expected at least one sample, got none');
  }
  if (!(percent > 0 && percent <= 100)) {
    throw new RangeError(
      `histogramPercentile: expected percent above 0 and up to 100, got ${percent}`,
    );
  }
  // The tolerance keeps 99.9 % of 1,000 at 999.
  const rank = (percent / 100) * histogram.total * (1 - 1e-14);
  let counted = 0;
  for (const [index, count] of histogram.counts.entries()) {
    counted += count;
    if (counted >= rank) return histogram.values[index] ?? NaN;
  }
  return histogram.values.at(-1) ?? NaN;
}

/**
 * Mean of a histogram, in the unit of the bins and as exact as they are wide. Throws a RangeError for an
 * empty histogram.
 */
export function histogramMean({ values, counts, total }: Histogram): number {
  if (total === 0) throw new RangeError('histogramMean: expected at least one sample, got none');
  return values.reduce((sum, value, index) => sum + (value * (counts[index] ?? 0)) / total, 0);
}
