import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { UserError } from '../../src/base/errors.ts';
import { bcaInterval } from '../../src/base/stats/bca.ts';
import { seededRandom } from '../../src/base/stats/random.ts';
import type { Benchmark } from '../benchmark.ts';
import { normal } from './synthetic-metrics.ts';
import { timedCommand } from '../processes/timed-command.ts';
import { timesInRatio } from '../figures/times-in-ratio.ts';

const items = 50;
const resampleCount = 2000;
/** Intervals in one measurement, of both sides. */
const times = 20;
/** Relative difference of the bounds. */
const tolerance = 1e-9;

interface Answer {
  low: number;
  high: number;
  seconds: number;
}

/** The same values and the same resamples through our BCa and through SciPy's. */
export const bca: Benchmark = {
  name: 'bca',
  about: `BCa interval of a mean of ${items}, ${resampleCount} given resamples; the other: scipy.stats.bootstrap`,
  async run(context) {
    const random = seededRandom('bca');
    const values = Array.from({ length: items }, () => Math.exp(0.5 * normal(random)));
    const resamples = Array.from({ length: resampleCount }, () =>
      Array.from({ length: items }, () => random.integer(items)),
    );
    const file = join(context.directory, 'problem.json');
    await writeFile(file, JSON.stringify({ values, resamples, times }));
    const mean = (sample: readonly number[]) =>
      sample.reduce((sum, value) => sum + value, 0) / sample.length;
    const ours = () => bcaInterval(values, mean, { resamples });
    let theirs: Answer | undefined;
    const row = await timesInRatio(
      {
        ...{ name: 'bca', count: context.pairs ?? 20, goal: 1 },
        under: 'the same values and resamples; time of the interval alone, both sides warm',
        sides: {
          ours: () => {
            ours();
            const begun = performance.now();
            for (let time = 0; time < times; time++) ours();
            return Promise.resolve((performance.now() - begun) / 1000 / times);
          },
          other: async () => {
            theirs = await byScipy(file, context.signal);
            return theirs.seconds;
          },
        },
      },
      context,
    );
    const interval = ours();
    if (interval === undefined || theirs === undefined) throw new Error('nothing was measured');
    const off = Math.max(
      Math.abs(interval.low / theirs.low - 1),
      Math.abs(interval.high / theirs.high - 1),
    );
    return [
      row,
      {
        ...{ name: 'bca-bounds', unit: 'off', ours: off, pairs: 1 },
        goal: `the same bounds to ${tolerance}`,
        outcome: off <= tolerance ? 'met' : 'short',
        note: `ours ${interval.low} to ${interval.high}, SciPy ${theirs.low} to ${theirs.high}`,
      },
    ];
  },
};

async function byScipy(file: string, signal: AbortSignal): Promise<Answer> {
  try {
    const program = join(packageRoot, 'bench/statistics/bca-scipy.py');
    const { stdout } = await timedCommand(['python3', program, file], {
      ...{ signal, debianPackage: 'python3-scipy' },
    });
    return JSON.parse(stdout) as Answer;
  } catch (cause) {
    if (!(cause as Error).message.includes('No module named')) throw cause;
    throw new UserError(
      { message: 'SciPy is missing', remedy: 'apt-get install python3-scipy' },
      { cause },
    );
  }
}
