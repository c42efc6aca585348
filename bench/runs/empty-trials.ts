import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { medianInterval } from '../../src/base/stats/median-interval.ts';
import type { Benchmark, BenchmarkContext, Row } from '../benchmark.ts';
import { compared } from '../figures/compared.ts';
import { within } from '../figures/goal.ts';
import { intervalText } from '../figures/interval-text.ts';
import { interleavedPairs } from '../figures/pairs.ts';
import { timedNode } from '../processes/timed-process.ts';

const trials = 2000;
const goal = 1;
const scenario = `name: empty\nmeasure:\n  noop: {}\nrepeat:\n  trials: ${trials}\n`;

/** What the harness itself costs: a whole run whose trials do nothing. */
export const emptyTrials: Benchmark = {
  name: 'empty-trials',
  about: `a run of ${trials} empty trials, whole process; the other: Node writing the same lines`,
  async run(context) {
    const file = join(context.directory, 'empty.yaml');
    await writeFile(file, scenario);
    const report = await measure(context, 'empty-trials', file, []);
    const bare = await measure(context, 'empty-trials-no-report', file, ['--no-report']);
    return [report, bare];
  },
};

async function measure(
  { directory, signal, pairs: wanted = 9, progress }: BenchmarkContext,
  name: string,
  file: string,
  options: readonly string[],
): Promise<Row> {
  const main = join(packageRoot, 'dist/cli/main.js');
  const floor = join(packageRoot, 'bench/runs/empty-trials-floor.mjs');
  const folder = (side: string, index: number) => join(directory, `${name}-${side}-${index}`);
  const sides = {
    ours: (index: number) =>
      timedNode([main, 'run', file, '--output', folder('ours', index), ...options], { signal }),
    other: (index: number) =>
      timedNode([floor, folder('ours', -1), folder('other', index)], { signal }),
  };
  // Warms the page cache, and gives the other side its lines.
  await sides.ours(-1);
  const pairs = await interleavedPairs(wanted, sides);
  progress(`${name} measured`);
  const interval = medianInterval(pairs.map(({ ours }) => ours));
  return {
    name,
    unit: 's',
    ...compared(pairs, 'ratio'),
    goal: `ours ≤ ${goal} s`,
    outcome: within(interval, { high: goal }),
    note: `ours ${intervalText(interval, 's')}`,
  };
}
