import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import type { Benchmark } from '../benchmark.ts';
import { timedNode } from '../processes/timed-process.ts';

const goal = 240;

/** What a newcomer waits for, once set-up is done. One run, compared with nothing. */
export const demo: Benchmark = {
  name: 'demo',
  about: 'the run of `npm run demo`, after set-up: scenarios/quickstart.yaml',
  async run({ directory, signal, progress }) {
    const main = join(packageRoot, 'dist/cli/main.js');
    // As the demo does: builds the guest and probes the accelerators.
    await timedNode([main, 'doctor'], { signal });
    progress('begun, takes some minutes');
    const scenario = join(packageRoot, 'scenarios/quickstart.yaml');
    const output = join(directory, 'results');
    const ours = await timedNode([main, 'run', scenario, '--output', output], { signal });
    return [
      {
        name: 'demo',
        unit: 's',
        ours,
        pairs: 1,
        goal: `ours ≤ ${goal} s`,
        outcome: ours <= goal ? 'met' : 'short',
        note: 'one run, so the figure itself decides',
      },
    ];
  },
};
