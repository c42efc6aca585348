import { seededRandom } from '../../src/base/stats/random.ts';
import { ratioInterval } from '../../src/base/stats/ratio-interval.ts';
import type { BenchmarkContext, Row } from '../benchmark.ts';
import { compared } from './compared.ts';
import { within } from './goal.ts';
import { intervalText } from './interval-text.ts';
import { interleavedPairs, type Pair } from './pairs.ts';

/** Two ways to come to the same, each of them timed in seconds. */
export interface TimesInRatio {
  name: string;
  sides: Readonly<Record<keyof Pair, (index: number) => Promise<number>>>;
  count: number;
  /** Most that our time may be of the other. */
  goal: number;
  /** Under what it was measured, in words. */
  under: string;
}

/** Times both in interleaved pairs, after once each for what stays in caches from then on. */
export async function timesInRatio(
  { name, sides, count, goal, under }: TimesInRatio,
  { progress }: Pick<BenchmarkContext, 'progress'>,
): Promise<Row> {
  await sides.ours(-1);
  await sides.other(-1);
  const pairs = await interleavedPairs(count, sides, ({ ours, other }, done) => {
    progress(`pair ${done} of ${count}: ${ours.toFixed(2)} and ${other.toFixed(2)} s`);
  });
  const interval = ratioInterval(
    pairs.map(({ ours, other }) => [{ baseline: other, other: ours }]),
    { random: seededRandom(name) },
  );
  return {
    ...{ name, unit: 's', ...compared(pairs, 'ratio') },
    goal: `ratio ≤ ${goal}`,
    outcome: within(interval, { high: goal }),
    note: `ratio ${intervalText(interval, '×', (value) => value.toFixed(4))}, under ${under}`,
  };
}
