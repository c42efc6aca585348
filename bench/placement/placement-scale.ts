import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { medianInterval } from '../../src/base/stats/median-interval.ts';
import type { Benchmark, Row } from '../benchmark.ts';
import { within } from '../figures/goal.ts';
import { intervalText } from '../figures/interval-text.ts';
import { spread } from '../figures/spread.ts';
import { timedCommand } from '../processes/timed-command.ts';

/** What one plan prints. */
interface Plan {
  seconds: number;
  p99: number;
  refused: number;
  compared: number;
  different: number;
  /** Megabytes. */
  memory: number;
}

/** 100,000 guests onto 10,000 hosts from empty, with every constraint on. */
export const placementScale: Benchmark = {
  name: 'placement-scale',
  about: 'placing 100,000 guests on 10,000 hosts under all constraints',
  async run({ directory, signal, pairs: count = 6, progress }) {
    const peakFile = join(directory, 'peak');
    const plan = async (guests: number, ...more: string[]): Promise<Plan> => {
      const { stdout } = await timedCommand(
        [
          ...([
            process.execPath,
            '--import',
            join(packageRoot, 'bench/processes/peak-memory.mjs'),
          ] as const),
          join(packageRoot, 'bench/placement/placement-scale-plan.mjs'),
          ...['10000', String(guests), 'smps-reconstructed', ...more],
        ],
        { signal, env: { VIRTGAUGE_BENCH_PEAK: peakFile } },
      );
      const memory = Number(await readFile(peakFile, 'utf8')) / 1e6;
      const found = { ...(JSON.parse(stdout) as Plan), memory };
      if (found.different > 0) {
        throw new Error(`${found.different} of ${found.compared} answers are not the full scan's`);
      }
      return found;
    };
    const plans: Plan[] = [];
    const varied: Plan[] = [];
    while (plans.length < count) {
      plans.push(await plan(100_000));
      varied.push(await plan(1_000, 'varied'));
      progress(`plan ${plans.length} of ${count}: ${plans.at(-1)?.seconds.toFixed(1) ?? ''} s`);
    }
    const row = (name: string, unit: string, values: number[], most?: number): Row => {
      const interval = medianInterval(values);
      return {
        ...{ name, unit, ours: spread(values).median, pairs: values.length },
        ...(most === undefined
          ? {}
          : { goal: `ours ≤ ${most} ${unit}`, outcome: within(interval, { high: most }) }),
        note: `ours ${intervalText(interval, unit)}`,
      };
    };
    const compared = plans.reduce((sum, { compared }) => sum + compared, 0);
    const p99 = row(
      'placement-scale',
      'ms',
      plans.map((plan) => plan.p99),
      5,
    );
    return [
      {
        ...p99,
        note: `p99 of one placement, 64 shapes of guests: ${p99.note ?? ''}; ${compared} answers compared with the full scan, all the same; ${plans.at(-1)?.refused ?? 0} refused`,
      },
      row(
        'placement-scale-plan',
        's',
        plans.map(({ seconds }) => seconds),
        60,
      ),
      row(
        'placement-scale-memory',
        'MB',
        plans.map(({ memory }) => memory),
        1000,
      ),
      row(
        'placement-scale-varied',
        'ms',
        varied.map((plan) => plan.p99),
      ),
    ];
  },
};
