import { join } from 'node:path';
import { medianInterval } from '../../src/base/stats/median-interval.ts';
import { cacheDirectory } from '../../src/platform/guest/image/cache.ts';
import { labDown, labUp } from '../../src/platform/lab/index.ts';
import { connectHosts } from '../../src/platform/remote/connect-host.ts';
import { loadInventory } from '../../src/platform/remote/inventory/index.ts';
import { localShell } from '../../src/platform/remote/local.ts';
import type { Shell } from '../../src/platform/remote/shell.ts';
import type { Benchmark, BenchmarkContext, Row } from '../benchmark.ts';
import { compared } from '../figures/compared.ts';
import { within } from '../figures/goal.ts';
import { intervalText } from '../figures/interval-text.ts';
import { interleavedPairs, type Pair } from '../figures/pairs.ts';
import { spread } from '../figures/spread.ts';

const name = 'bench-ssh';
const goals = { milliseconds: 5, ratio: 1.5 };
const rounds = 12;
/** Commands of which the median is one value. */
const commands = 50;
const atOnce = 100;

/** What a command over SSH costs, and whether many at once get into each other's way. */
export const sshExec: Benchmark = {
  name: 'ssh-exec',
  about:
    'a command on a host of a lab, and 100 at once on three; the other: a local command, and the slowest alone',
  async run(context) {
    if (process.getuid?.() !== 0) throw new Error('a lab of namespaces needs root');
    const { directory, signal } = context;
    const lab = { stateDirectory: join(directory, 'state'), name };
    const cache = cacheDirectory(process.env);
    const { inventoryPath } = await labUp({ ...lab, cache, namespaces: 3, signal });
    try {
      const hosts = await connectHosts(loadInventory(inventoryPath), signal);
      try {
        const shells = hosts.map(({ shell }) => shell);
        return [await oneByOne(shells, context), await allAtOnce(shells, context)];
      } finally {
        await Promise.all(hosts.map(({ shell }) => shell.close()));
      }
    } finally {
      await labDown(lab);
    }
  },
};

async function oneByOne([shell]: Shell[], context: BenchmarkContext): Promise<Row> {
  if (shell === undefined) throw new Error('expected a host');
  const side = (on: Shell) => async () => {
    const times: number[] = [];
    for (let left = commands; left > 0; left -= 1) {
      times.push(await milliseconds(() => on.run(['true'], { signal: context.signal })));
    }
    return spread(times).median;
  };
  const pairs = await measure({ ours: side(shell), other: side(localShell) }, context, 'ms');
  const interval = medianInterval(pairs.map(({ ours }) => ours));
  return {
    name: 'ssh-exec',
    unit: 'ms',
    ...compared(pairs, 'difference'),
    goal: `ours ≤ ${goals.milliseconds} ms`,
    outcome: within(interval, { high: goals.milliseconds }),
    note: `p50 of ${commands} commands, ours ${intervalText(interval, 'ms')}`,
  };
}

/** Commands that wait, the longest a second: what they cost is what is added to that. */
async function allAtOnce(shells: Shell[], context: BenchmarkContext): Promise<Row> {
  const { signal } = context;
  const all = Array.from({ length: atOnce }, (_, index) => index).flatMap((index) => {
    const shell = shells[index % shells.length];
    const seconds = ((index + 1) / atOnce).toFixed(2);
    return shell === undefined ? [] : [() => shell.run(['sleep', seconds], { signal })];
  });
  const slowest = all.at(-1) ?? (() => Promise.reject(new Error('expected a command')));
  const sides = {
    ours: () => milliseconds(() => Promise.all(all.map((run) => run()))),
    other: () => milliseconds(slowest),
  };
  const pairs = await measure(sides, context, 'ms');
  const interval = medianInterval(pairs.map(({ ours, other }) => ours / other));
  return {
    name: 'ssh-exec-100',
    unit: 'ms',
    ...compared(pairs, 'ratio'),
    goal: `ratio ≤ ${goals.ratio}`,
    outcome: within(interval, { high: goals.ratio }),
    note: `${atOnce} commands of 0.01 to 1 s on ${shells.length} hosts, ratio ${intervalText(interval, '')}`,
  };
}

/** Once for nothing, then in pairs. */
async function measure(
  sides: Readonly<Record<keyof Pair, () => Promise<number>>>,
  { pairs = rounds, progress }: BenchmarkContext,
  unit: string,
): Promise<Pair[]> {
  await sides.ours();
  await sides.other();
  return interleavedPairs(pairs, sides, ({ ours, other }, done) => {
    progress(
      `pair ${done} of ${pairs}: ${ours.toPrecision(3)} and ${other.toPrecision(3)} ${unit}`,
    );
  });
}

async function milliseconds(act: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await act();
  return performance.now() - begin;
}
