import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { writeHtools } from '../../src/manager/cluster/formats/write-htools.ts';
import type { Benchmark, BenchmarkContext, Row } from '../benchmark.ts';
import { emptyCluster } from './htools-clusters.ts';
import { timedCommand } from '../processes/timed-command.ts';
import { timesInRatio } from '../figures/times-in-ratio.ts';

/** What both print of one problem. */
interface Figures {
  tiered: { score: number; count: number };
  standard: { score: number; count: number };
}

/** The scores that hspace prints have so many digits. */
const resolution = 5e-9;

/** ganeti's hspace: a tiered allocation, then 200 instances of 20 GiB and 2 GiB on 40 nodes. */
export const hspace: Benchmark = {
  name: 'hspace',
  about: 'allocating tiers and 200 instances on 40 nodes, whole process; the other: ganeti hspace',
  async run(context) {
    const file = join(context.directory, 'cluster.txt');
    await writeFile(file, writeHtools(emptyCluster()));
    return [
      await compare(context, { name: 'hspace', template: 'drbd', file, checks: [], goal: 0.01 }),
      // Which of several equal nodes is left decides nothing, but hspace also asks whether all that
      // is lost with a node could be made again elsewhere: not so here, so not there.
      await compare(context, {
        ...{ name: 'hspace-plain', template: 'plain', file, goal: undefined },
        checks: ['--no-capacity-checks'],
      }),
    ];
  },
};

async function compare(
  context: BenchmarkContext,
  problem: {
    name: string;
    template: string;
    file: string;
    checks: readonly string[];
    goal: number | undefined;
  },
): Promise<Row> {
  const { name, template, file, checks, goal } = problem;
  const { signal, pairs: count = 6 } = context;
  const program = join(packageRoot, 'bench/placement/hspace-program.mjs');
  let ours: Figures | undefined;
  let theirs: Figures | undefined;
  const row = await timesInRatio(
    {
      ...{ name, count, goal: goal ?? 1, under: 'the same file, problem and number of instances' },
      sides: {
        ours: async () => {
          const run = await timedCommand([process.execPath, program, file, template, '200'], {
            signal,
          });
          ours = JSON.parse(run.stdout) as Figures;
          return run.seconds;
        },
        other: async () => {
          const run = await timedCommand(
            [
              ...(['hspace', '-t', file, '--disk-template', template] as const),
              ...['--standard-alloc', '20g,2g,1', '-l', '200', '--machine-readable=yes'],
              ...checks,
            ],
            { signal, debianPackage: 'ganeti-htools' },
          );
          theirs = figuresOf(run.stdout);
          return run.seconds;
        },
      },
    },
    context,
  );
  if (ours === undefined || theirs === undefined) throw new Error('nothing was measured');
  return judged(row, goal !== undefined, ours, theirs);
}

/** The row, short where a score is worse or fewer instances found a place. */
function judged(row: Row, hasGoal: boolean, ours: Figures, theirs: Figures): Row {
  const phases = ['tiered', 'standard'] as const;
  const worse = phases.filter(
    (phase) =>
      ours[phase].count < theirs[phase].count ||
      (ours[phase].count === theirs[phase].count &&
        ours[phase].score > theirs[phase].score + resolution),
  );
  const texts = phases.map((phase) => {
    const text = ({ count, score }: Figures['tiered']) => `${count} at ${score.toFixed(8)}`;
    return `${phase} ${text(ours[phase])}, hspace ${text(theirs[phase])}`;
  });
  const note = `${row.note ?? ''}; instances and score: ${texts.join('; ')}`;
  if (!hasGoal) {
    const plain: Row = { ...row, note };
    delete plain.goal;
    delete plain.outcome;
    return plain;
  }
  return {
    ...row,
    note,
    goal: `${row.goal ?? ''}, score no worse`,
    ...(worse.length > 0 ? { outcome: 'short' as const } : {}),
  };
}

function figuresOf(text: string): Figures {
  const figure = (key: string) => {
    const found = new RegExp(`^HTS_${key}=([\\d.]+)$`, 'm').exec(text)?.[1];
    if (found === undefined) throw new Error(`hspace printed no ${key}`);
    return Number(found);
  };
  return {
    tiered: { score: figure('TRL_SCORE'), count: figure('TRL_INST_CNT') },
    standard: { score: figure('FIN_SCORE'), count: figure('FIN_INST_CNT') },
  };
}
