import { contrast, logMedians, percentileBounds } from '../../src/base/stats/log-contrasts.ts';
import { medianInterval } from '../../src/base/stats/median-interval.ts';
import { type Random, seededRandom } from '../../src/base/stats/random.ts';
import { ratioInterval } from '../../src/base/stats/ratio-interval.ts';
import { againstRuns } from '../../src/harness/analysis/gate/against-runs.ts';
import type { Benchmark, Row } from '../benchmark.ts';
import { within } from '../figures/goal.ts';
import { normal } from './synthetic-metrics.ts';

const sizes = [6, 10, 20, 50];
const resamples = 1000;
const goal = { low: 0.93, high: 0.97 };

/** Noise with median 0, of about unit spread. */
const noises: Readonly<Record<string, (random: Random) => number>> = {
  normal,
  skewed: (random) => Math.exp(0.6 * normal(random)) - 1,
  // Student's t with 3 degrees of freedom.
  'heavy-tailed': (random) =>
    normal(random) /
    Math.sqrt((normal(random) ** 2 + normal(random) ** 2 + normal(random) ** 2) / 3),
};

interface Bounds {
  low: number;
  high: number;
}

/** One kind of interval that is printed: makes one from `n` values, and knows what it should hold. */
interface Method {
  name: string;
  about: string;
  make: (n: number, noise: (random: Random) => number, random: Random) => Bounds | undefined;
  truth: number;
}

/** Values around 1 by a tenth. */
const level = (noise: number) => Math.exp(0.1 * noise);
const many = <T>(n: number, make: () => T) => Array.from({ length: n }, make);

const methods: readonly Method[] = [
  {
    name: 'median',
    about: 'median of an arm, interpolated between order statistics',
    make: (n, noise, random) => medianInterval(many(n, () => level(noise(random)))),
    truth: 1,
  },
  {
    name: 'ratio',
    about: 'ratio of two arms, blocks resampled',
    make: (n, noise, random) => {
      const pair = () => ({ baseline: level(noise(random)), other: level(noise(random)) });
      return ratioInterval(
        many(n, () => [pair()]),
        { random, resamples },
      );
    },
    truth: 1,
  },
  {
    name: 'ratio-of-4',
    about: 'ratio over four pairs of arms that share their blocks',
    make: (n, noise, random) => {
      const blocks = many(n, () => {
        const shared = 0.5 * noise(random);
        const value = () => level(noise(random) + shared);
        return many(4, () => ({ baseline: value(), other: value() }));
      });
      return ratioInterval(blocks, { random, resamples });
    },
    truth: 1,
  },
  {
    name: 'claim',
    about: 'a figure of a claim over three settings, against a number, blocks resampled',
    make: (n, noise, random) => {
      const values = () => many(3, () => level(noise(random)));
      const medians = logMedians(many(n, values), { random, resamples });
      return percentileBounds(contrast(medians, [1 / 3, 1 / 3, 1 / 3]));
    },
    truth: 0,
  },
  {
    name: 'interaction',
    about: 'difference of two effects (copy-on-write and storage), blocks resampled',
    make: (n, noise, random) => {
      const medians = logMedians(
        many(n, () => many(4, () => level(noise(random)))),
        {
          ...{ random, resamples },
        },
      );
      return percentileBounds(contrast(medians, [1, -1, -1, 1]));
    },
    truth: 0,
  },
  {
    name: 'gate-history',
    about: 'a run against n earlier ones, by the variance between them',
    make: (n, noise, random) => {
      const run = () => ({ log: 0.02 * noise(random), variance: 0, n: 10 });
      return againstRuns(many(n, run), [run()], 0.95);
    },
    truth: 1,
  },
];

/** How often the intervals that we print hold the truth, simulated. */
export const intervals: Benchmark = {
  name: 'intervals',
  about: 'coverage of every interval of 95 % that is printed, simulated',
  run({ pairs: count = 2000, signal, progress }) {
    const rows = methods.flatMap((method) => {
      progress(method.about);
      return sizes.map((n) => {
        signal.throwIfAborted();
        return rowOf(method, n, count);
      });
    });
    return Promise.resolve(rows);
  },
};

/** The coverage farthest from 95 % over the distributions; all of them in the note. */
function rowOf({ name, about, make, truth }: Method, n: number, count: number): Row {
  const each = Object.entries(noises).map(([noise, draw]) => {
    const random = seededRandom(`coverage ${name} ${n} ${noise}`);
    let holds = 0;
    for (let run = 0; run < count; run++) {
      const bounds = make(n, draw, random);
      if (bounds !== undefined && bounds.low <= truth && truth <= bounds.high) holds++;
    }
    return { noise, share: holds / count };
  });
  const worst = each.reduce((a, b) =>
    Math.abs(b.share - 0.95) > Math.abs(a.share - 0.95) ? b : a,
  );
  const half = 1.96 * Math.sqrt((worst.share * (1 - worst.share)) / count);
  return {
    name: `${name} n=${n}`,
    unit: '% hold it',
    ours: 100 * worst.share,
    pairs: count,
    goal: '93 to 97 %',
    outcome: within({ low: worst.share - half, high: worst.share + half }, goal),
    note: `${about}: ${each.map(({ noise, share }) => `${noise} ${(100 * share).toFixed(1)} %`).join(', ')}`,
  };
}
