import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { medianInterval } from '../../src/base/stats/median-interval.ts';
import { cacheDirectory } from '../../src/platform/guest/image/cache.ts';
import { machineImage } from '../../src/platform/lab/machines/image/index.ts';
import { connectHosts } from '../../src/platform/remote/connect-host.ts';
import { loadInventory } from '../../src/platform/remote/inventory/index.ts';
import { localShell } from '../../src/platform/remote/local.ts';
import type { Benchmark, BenchmarkContext, Row } from '../benchmark.ts';
import { within } from '../figures/goal.ts';
import { intervalText } from '../figures/interval-text.ts';
import { spread } from '../figures/spread.ts';
import { timedNode } from '../processes/timed-process.ts';

const name = 'bench-machines';
/** Seconds. */
const goals = { saved: 25, booted: 90 };

/** How long two Xen hosts take to come, as a user waits for them. */
export const labMachines: Benchmark = {
  name: 'lab-machines',
  about:
    '`lab up --machines xen:2` until `xl info` answers on both: restored, and booted (--fresh)',
  async run(context) {
    if (process.getuid?.() !== 0) throw new Error('a lab of machines needs root');
    const { directory, signal, pairs: count = 6, progress } = context;
    const env = { VIRTGAUGE_STATE: join(directory, 'state') };
    await machineImage(localShell, cacheDirectory(process.env), 'xen', { signal, progress });
    try {
      // The first one saves what the others restore.
      await once(context, []);
      const saved: number[] = [];
      const booted: number[] = [];
      for (let done = 0; done < count; done++) {
        progress(`${done} of ${count}`);
        saved.push(await once(context, []));
        booted.push(await once(context, ['--fresh']));
      }
      return [
        row('lab-machines-saved', saved, goals.saved),
        row('lab-machines-booted', booted, goals.booted),
      ];
    } finally {
      const main = join(packageRoot, 'dist/cli/main.js');
      await timedNode([main, 'clean', '--labs'], { signal: new AbortController().signal, env });
    }
  },
};

/** Seconds until both answer; the lab is gone afterwards. */
async function once(
  { directory, signal }: BenchmarkContext,
  options: readonly string[],
): Promise<number> {
  const main = join(packageRoot, 'dist/cli/main.js');
  const state = join(directory, 'state');
  const env = { VIRTGAUGE_STATE: state };
  const begun = performance.now();
  const up = [main, 'lab', 'up', '--machines', 'xen:2', '--name', name, ...options];
  await timedNode(up, { signal, env });
  const inventory = loadInventory(join(state, 'labs', name, 'inventory.yaml'));
  const hosts = await connectHosts(inventory, signal);
  await Promise.all(hosts.map(({ shell }) => shell.run(['xl', 'info'], { timeout: 60, signal })));
  const seconds = (performance.now() - begun) / 1000;
  await Promise.all(hosts.map(({ shell }) => shell.close()));
  await timedNode([main, 'lab', 'down', name], { signal, env });
  return seconds;
}

function row(called: string, seconds: readonly number[], goal: number): Row {
  const interval = medianInterval([...seconds]);
  return {
    ...{ name: called, unit: 's', ours: spread(seconds).median, pairs: seconds.length },
    goal: `ours ≤ ${goal} s`,
    outcome: within(interval, { high: goal }),
    note: `median ${intervalText(interval, 's')}`,
  };
}
