import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { writeHtools } from '../../src/manager/cluster/formats/write-htools.ts';
import type { Benchmark, BenchmarkContext, Row } from '../benchmark.ts';
import { skewedCluster } from './htools-clusters.ts';
import { timedCommand } from '../processes/timed-command.ts';
import { timesInRatio } from '../figures/times-in-ratio.ts';

/** The scores that hbal prints have so many digits. */
const resolution = 5e-9;

/** ganeti's hbal: evening out 200 drbd instances on 20 nodes, with and without copying disks. */
export const hbal: Benchmark = {
  name: 'hbal',
  about: 'rebalancing a skewed cluster of 20 × 10, whole process; the other: ganeti hbal',
  async run(context) {
    const file = join(context.directory, 'skewed.txt');
    await writeFile(file, writeHtools(skewedCluster()));
    return [
      await compare(context, { name: 'hbal', file, moves: 'disk-moves', goal: 0.05 }),
      await compare(context, { name: 'hbal-migrations', file, moves: 'migrations', goal: 1 }),
    ];
  },
};

async function compare(
  context: BenchmarkContext,
  problem: { name: string; file: string; moves: 'disk-moves' | 'migrations'; goal: number },
): Promise<Row> {
  const { name, file, moves, goal } = problem;
  const { signal, pairs: count = 6 } = context;
  const program = join(packageRoot, 'bench/placement/hbal-program.mjs');
  let ours = { after: NaN, moves: NaN };
  let theirs = { after: NaN, moves: NaN };
  const row = await timesInRatio(
    {
      ...{ name, count, goal, under: 'the same file and kinds of moves' },
      sides: {
        ours: async () => {
          const run = await timedCommand([process.execPath, program, file, moves], { signal });
          ours = JSON.parse(run.stdout) as typeof ours;
          return run.seconds;
        },
        other: async () => {
          const only = moves === 'migrations' ? ['--no-disk-moves'] : [];
          const run = await timedCommand(['hbal', '-t', file, '-v', ...only], {
            ...{ signal, debianPackage: 'ganeti-htools' },
          });
          theirs = figuresOf(run.stdout);
          return run.seconds;
        },
      },
    },
    context,
  );
  const text = (figures: typeof ours) => `${figures.after.toFixed(8)} by ${figures.moves} moves`;
  return {
    ...row,
    goal: `${row.goal ?? ''}, score no worse`,
    note: `${row.note ?? ''}; final score ${text(ours)}, hbal ${text(theirs)}`,
    ...(ours.after <= theirs.after + resolution ? {} : { outcome: 'short' as const }),
  };
}

function figuresOf(text: string): { after: number; moves: number } {
  const after = /score improved from [\d.]+ to ([\d.]+)/.exec(text)?.[1];
  const moves = /Solution length=(\d+)/.exec(text)?.[1];
  if (after === undefined || moves === undefined) throw new Error(`hbal printed no score: ${text}`);
  return { after: Number(after), moves: Number(moves) };
}
