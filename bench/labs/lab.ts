import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { medianInterval } from '../../src/base/stats/median-interval.ts';
import { localShell } from '../../src/platform/remote/local.ts';
import type { Benchmark, Row } from '../benchmark.ts';
import { compared } from '../figures/compared.ts';
import { within } from '../figures/goal.ts';
import { intervalText } from '../figures/interval-text.ts';
import { interleavedPairs } from '../figures/pairs.ts';
import { spread } from '../figures/spread.ts';
import { timedNode } from '../processes/timed-process.ts';

const name = 'bench';
const goals = { up: 3, down: 1 };

/** How long three hosts take to come and to go, as a user waits for it. */
export const lab: Benchmark = {
  name: 'lab',
  about: '`lab up --namespaces 3` and `lab down`; the other: three hosts by a shell script',
  async run({ directory, signal, pairs: count = 8, progress }) {
    if (process.getuid?.() !== 0) throw new Error('a lab of namespaces needs root');
    const main = join(packageRoot, 'dist/cli/main.js');
    const env = { VIRTGAUGE_STATE: join(directory, 'state') };
    const downs: number[] = [];
    const ours = async () => {
      const up = [main, 'lab', 'up', '--namespaces', '3', '--name', name];
      const seconds = await timedNode(up, { signal, env });
      downs.push(await timedNode([main, 'lab', 'down', name], { signal, env }));
      return seconds;
    };
    const other = async () => byScript(await mkdtemp(join(directory, 'by-hand-')), signal);
    try {
      const pairs = await interleavedPairs(count, { ours, other }, (_, done) =>
        progress(`${done} of ${count}`),
      );
      const interval = medianInterval(pairs.map(({ ours }) => ours));
      const up: Row = {
        ...{ name: 'lab-up', unit: 's', ...compared(pairs, 'difference') },
        goal: `ours ≤ ${goals.up} s`,
        outcome: within(interval, { high: goals.up }),
        note: `median ${intervalText(interval, 's')}`,
      };
      return [up, downRow(downs)];
    } finally {
      await timedNode([main, 'clean', '--labs'], { signal: new AbortController().signal, env });
    }
  },
};

function downRow(seconds: readonly number[]): Row {
  const interval = medianInterval([...seconds]);
  return {
    ...{ name: 'lab-down', unit: 's', ours: spread(seconds).median, pairs: seconds.length },
    goal: `ours ≤ ${goals.down} s`,
    outcome: within(interval, { high: goals.down }),
    note: `median ${intervalText(interval, 's')}`,
  };
}

/** Seconds until all three answer. */
async function byScript(folder: string, signal: AbortSignal): Promise<number> {
  const namespaces = ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child'] as const;
  const script = join(packageRoot, 'bench/labs/lab-by-hand.sh');
  const argv = [...namespaces, 'bash', script, folder] as const;
  const { stdout } = await localShell.run(argv, { timeout: 60, signal });
  return Number(stdout) / 1e6;
}
