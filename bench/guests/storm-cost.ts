import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { medianInterval } from '../../src/base/stats/median-interval.ts';
import type { Benchmark } from '../benchmark.ts';
import { compared } from '../figures/compared.ts';
import { within } from '../figures/goal.ts';
import { intervalText } from '../figures/interval-text.ts';
import type { Pair } from '../figures/pairs.ts';
import { timedNode } from '../processes/timed-process.ts';

/** Percent of the CPU time of the whole run. */
const goal = 5;
const guests = 16;

const scenario = `name: storm
storages: { local: { kind: local } }
guest: { bootTimeout: 300s }
fixed: { guests: ${guests}, memory: 128MiB, cpu: qemu64 }
measure: { creation: {} }
repeat: { trials: 1 }
`;

/** What the harness takes from the guests of a boot storm that it measures. */
export const stormCost: Benchmark = {
  name: 'storm-cost',
  about: `CPU time of the harness in a run that creates ${guests} guests at once; the other: all that it has started`,
  async run({ directory, signal, pairs: count = 6, progress }) {
    const main = join(packageRoot, 'dist/cli/main.js');
    // Builds the guest and probes the accelerators, which is no part of a storm.
    await timedNode([main, 'doctor'], { signal });
    const file = join(directory, 'storm.yaml');
    await writeFile(file, scenario);
    const cpuFile = join(directory, 'cpu');
    const load = ['--import', join(packageRoot, 'bench/processes/cpu-shares.mjs')];
    const runs: Pair[] = [];
    for (let index = 0; index < count; index++) {
      const output = join(directory, `results-${index}`);
      const run = [main, 'run', file, '--output', output, '--no-report'];
      await timedNode([...load, ...run], { signal, env: { VIRTGAUGE_BENCH_CPU: cpuFile } });
      const { own, children } = JSON.parse(await readFile(cpuFile, 'utf8')) as {
        own: number;
        children: number;
      };
      runs.push({ ours: own, other: children });
      progress(
        `run ${index + 1} of ${count}: ${own.toFixed(2)} of ${(own + children).toFixed(1)} s`,
      );
    }
    const shares = medianInterval(runs.map(({ ours, other }) => (ours / (ours + other)) * 100));
    return [
      {
        name: 'storm-cost',
        unit: 's',
        ...compared(runs, 'ratio'),
        goal: `ours ≤ ${goal} % of both`,
        outcome: within(shares, { high: goal }),
        note: `ours ${intervalText(shares, '%')} of the CPU time of a run, from its start to its end, report left out`,
      },
    ];
  },
};
