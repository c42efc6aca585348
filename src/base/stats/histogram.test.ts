import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { histogramMean, histogramPercentile, mergeHistograms } from './histogram.ts';

// fio 3.33: --ioengine=psync --size=640k (second: 512k) --bs=64k --loops=10 --rw=randwrite
// --output-format=json+ --percentile_list=1:5:25:50:75:90:95:99:99.9; jobs[0].write.clat_ns
const captures = [
  {
    N: 100,
    percentile: {
      '1': 2320,
      '5': 2352,
      '25': 2416,
      '50': 2480,
      '75': 3632,
      '90': 34560,
      '95': 36096,
      '99': 97792,
      '99.9': 130560,
    },
    bins: {
      2320: 1,
      2352: 5,
      2384: 12,
      2416: 12,
      2448: 10,
      2480: 10,
      2512: 1,
      2544: 2,
      2576: 1,
      2640: 2,
      2672: 2,
      2736: 4,
      2768: 1,
      2800: 2,
      2832: 2,
      2896: 1,
      3024: 1,
      3216: 1,
      3568: 1,
      3600: 3,
      3632: 2,
      3696: 1,
      3920: 1,
      3952: 1,
      5152: 1,
      11584: 2,
      13376: 1,
      14528: 2,
      27008: 1,
      28032: 1,
      31872: 1,
      34048: 1,
      34560: 1,
      35584: 3,
      36096: 2,
      37632: 1,
      42240: 1,
      49408: 1,
      97792: 1,
      130560: 1,
    },
  },
  {
    N: 80,
    percentile: {
      '1': 2320,
      '5': 2416,
      '25': 2864,
      '50': 22144,
      '75': 28288,
      '90': 30336,
      '95': 40704,
      '99': 69120,
      '99.9': 69120,
    },
    bins: {
      2320: 1,
      2352: 1,
      2384: 1,
      2416: 2,
      2448: 1,
      2512: 1,
      2544: 3,
      2640: 1,
      2672: 1,
      2800: 3,
      2832: 1,
      2864: 6,
      2896: 3,
      2928: 2,
      2960: 4,
      3024: 1,
      3056: 1,
      3280: 1,
      3376: 1,
      3408: 1,
      3568: 1,
      8160: 1,
      8896: 1,
      22144: 1,
      24960: 1,
      25216: 1,
      26496: 2,
      27008: 4,
      27264: 2,
      27520: 4,
      27776: 1,
      28032: 2,
      28288: 3,
      28800: 1,
      29312: 3,
      29568: 4,
      29824: 1,
      30336: 3,
      30848: 2,
      37632: 1,
      40704: 2,
      41216: 1,
      42240: 1,
      69120: 1,
    },
  },
];

function expand(bins: Readonly<Record<string, number>>): number[] {
  return Object.entries(bins).flatMap(([value, count]) =>
    new Array<number>(count).fill(Number(value)),
  );
}

function nearestRank(samples: readonly number[], permille: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.ceil((permille * sorted.length) / 1000) - 1] ?? NaN;
}

describe('histogramPercentile', () => {
  test.each(captures)(
    'gives the percentiles that fio gives (N = $N)',
    ({ N, percentile, bins }) => {
      const histogram = mergeHistograms([bins]);
      expect(histogram.total).toBe(N);
      for (const [percent, value] of Object.entries(percentile)) {
        expect(histogramPercentile(histogram, Number(percent))).toBe(value);
      }
    },
  );

  test('of merged histograms: those of all samples together', () => {
    const all = captures.flatMap(({ bins }) => expand(bins));
    const merged = mergeHistograms(captures.map(({ bins }) => bins));
    expect(merged.total).toBe(180);
    for (let permille = 1; permille <= 1000; permille++) {
      expect(histogramPercentile(merged, permille / 10)).toBe(nearestRank(all, permille));
    }
  });

  test('is the brute-force nearest rank for any bins', () => {
    const bins = fc.dictionary(
      fc.integer({ min: 0, max: 5000 }).map(String),
      fc.integer({ min: 0, max: 300 }),
      { maxKeys: 12 },
    );
    fc.assert(
      fc.property(
        fc.array(bins, { maxLength: 4 }),
        fc.integer({ min: 1, max: 1000 }),
        (many, p) => {
          const samples = many.flatMap(expand);
          fc.pre(samples.length > 0);
          expect(histogramPercentile(mergeHistograms(many), p / 10)).toBe(nearestRank(samples, p));
        },
      ),
    );
  });

  test('99.9 % of a thousand is the 999th', () => {
    const histogram = mergeHistograms([{ 1: 998, 2: 1, 3: 1 }]);
    expect(histogramPercentile(histogram, 99.9)).toBe(2);
    expect(histogramPercentile(histogram, 99.91)).toBe(3);
  });

  test('refuses emptiness and impossible percentages', () => {
    expect(() => histogramPercentile(mergeHistograms([]), 50)).toThrow(RangeError);
    expect(() => histogramPercentile(mergeHistograms([{ 1: 0 }]), 50)).toThrow(RangeError);
    const one = mergeHistograms([{ 1: 1 }]);
    for (const percent of [0, -1, 100.1, NaN]) {
      expect(() => histogramPercentile(one, percent)).toThrow(RangeError);
    }
  });
});

describe('mergeHistograms', () => {
  test('adds counts up and sorts by number, not by name', () => {
    const merged = mergeHistograms([{ 900: 2, 1000: 1 }, new Map([[900, 3]]), { 20: 0, 30: 1 }]);
    expect(merged).toEqual({ values: [30, 900, 1000], counts: [1, 5, 1], total: 7 });
  });

  test('refuses what is no bin or no count', () => {
    expect(() => mergeHistograms([{ FIO_IO_U_PLAT_BITS: 6 }])).toThrow('got "FIO_IO_U_PLAT_BITS"');
    expect(() => mergeHistograms([{ '': 6 }])).toThrow(RangeError);
    for (const count of [-1, 1.5, NaN, Infinity]) {
      expect(() => mergeHistograms([{ 5: count }])).toThrow(RangeError);
    }
  });
});

test('the mean is that of all samples', () => {
  expect(histogramMean(mergeHistograms([{ 10: 3 }, { 10: 1, 30: 4 }]))).toBe(20);
  expect(() => histogramMean(mergeHistograms([]))).toThrow(RangeError);
});
