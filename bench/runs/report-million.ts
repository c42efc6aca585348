import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { medianInterval } from '../../src/base/stats/median-interval.ts';
import type { Benchmark, Row } from '../benchmark.ts';
import { compared } from '../figures/compared.ts';
import { within } from '../figures/goal.ts';
import { intervalText } from '../figures/interval-text.ts';
import { interleavedPairs } from '../figures/pairs.ts';
import { timedNode } from '../processes/timed-process.ts';

const timeGoal = 5;
/** Megabytes. */
const memoryGoal = 1000;

/** A report over a run of a million samples: time and peak memory of the whole process. */
export const reportMillion: Benchmark = {
  name: 'report-million',
  about: 'a report over 1,000,000 samples; the other: Node parsing every line, and nothing else',
  async run({ directory, signal, pairs: count = 6, progress }) {
    const program = (name: string) => join(packageRoot, name);
    const folder = join(directory, 'run');
    await timedNode(['--import', 'tsx', program('bench/runs/report-million-samples.ts'), folder], {
      signal,
    });
    progress('samples made');
    const memory: { ours: number; other: number }[] = [];
    const peakFile = join(directory, 'peak');
    const watched = async (side: 'ours' | 'other', index: number, args: readonly string[]) => {
      const seconds = await timedNode(
        ['--import', program('bench/processes/peak-memory.mjs'), ...args],
        {
          signal,
          env: { VIRTGAUGE_BENCH_PEAK: peakFile },
        },
      );
      memory[index] = {
        ...(memory[index] ?? { ours: NaN, other: NaN }),
        [side]: Number(await readFile(peakFile, 'utf8')) / 1e6,
      };
      return seconds;
    };
    const report = [program('dist/cli/main.js'), 'report', folder];
    const floor = [program('bench/runs/report-million-floor.mjs'), join(folder, 'samples.ndjson')];
    const pairs = await interleavedPairs(
      count,
      {
        ours: (index) => watched('ours', index, report),
        other: (index) => watched('other', index, floor),
      },
      ({ ours }, done) => progress(`pair ${done} of ${count}: ${ours.toFixed(1)} s`),
    );
    const time = medianInterval(pairs.map(({ ours }) => ours));
    const peak = medianInterval(memory.map(({ ours }) => ours));
    return [
      {
        name: 'report-million',
        unit: 's',
        ...compared(pairs, 'ratio'),
        goal: `ours ≤ ${timeGoal} s`,
        outcome: within(time, { high: timeGoal }),
        note: `ours ${intervalText(time, 's')}`,
      },
      {
        name: 'report-million-memory',
        unit: 'MB',
        ...compared(memory, 'ratio'),
        goal: `ours ≤ ${memoryGoal} MB`,
        outcome: within(peak, { high: memoryGoal }),
        note: `ours ${intervalText(peak, 'MB')}, resident at its peak`,
      },
    ] satisfies Row[];
  },
};
