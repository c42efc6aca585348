import { join } from 'node:path';
import { medianInterval } from '../src/base/stats/median-interval.ts';
import { packageRoot } from '../src/base/package-root.ts';
import type { Benchmark, Row } from './benchmark.ts';
import { within } from './goal.ts';
import { intervalText } from './interval-text.ts';
import { spread } from './spread.ts';
import { timedNode } from './timed-process.ts';

const rounds = 8;
const name = 'bench';

/** How long three hosts take to come and to go, as a user waits for it. */
export const lab: Benchmark = {
  name: 'lab',
  about: '`virtgauge lab up --namespaces 3` and `lab down`, whole processes',
  async run({ directory, signal, pairs = rounds, progress }) {
    if (process.getuid?.() !== 0) throw new Error('a lab of namespaces needs root');
    const main = join(packageRoot, 'dist/cli/main.js');
    const env = { VIRTGAUGE_STATE: join(directory, 'state') };
    const times: { up: number[]; down: number[] } = { up: [], down: [] };
    try {
      for (let round = 0; round < pairs; round++) {
        const up = ['lab', 'up', '--namespaces', '3', '--name', name];
        times.up.push(await timedNode([main, ...up], { signal, env }));
        times.down.push(await timedNode([main, 'lab', 'down', name], { signal, env }));
        progress(`${round + 1} of ${pairs}`);
      }
    } finally {
      await timedNode([main, 'clean', '--labs'], { signal: new AbortController().signal, env });
    }
    return [row('lab-up', times.up, 3), row('lab-down', times.down, 1)];
  },
};

function row(name: string, seconds: readonly number[], goal: number): Row {
  const interval = medianInterval([...seconds]);
  return {
    name,
    unit: 's',
    ours: spread(seconds).median,
    pairs: seconds.length,
    goal: `ours ≤ ${goal} s`,
    outcome: within(interval, { high: goal }),
    note: `median ${intervalText(interval, 's')}`,
  };
}
