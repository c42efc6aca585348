import { seededRandom } from '../../../base/stats/random.ts';
import { normalQuantile } from '../../../base/stats/normal.ts';
import type { Arm, Level } from '../../results/schema.ts';
import { analyse, type Analysis } from '../analysis.ts';
import { groupSamples } from '../group-samples.ts';
import { syntheticRun } from '../synthetic-run.example.ts';

/** What copy-on-write, the other storage and both together are to gain. For tests. */
export interface Gains {
  copyOnWrite: number;
  storage: number;
  interaction: number;
}

/** A run whose creation time is the product of these gains and noise, analysed. */
export function crossRun({
  gains,
  seed = '5eed',
  blocks = 8,
  noise = 0.03,
  factors = { storage: ['local', 'shared'], provisioning: ['copy', 'clone'] },
  failed = [],
}: {
  gains: Gains;
  seed?: string;
  blocks?: number;
  noise?: number;
  factors?: Record<string, Level[]>;
  failed?: number[];
}): Analysis {
  const random = seededRandom(seed).fork('noise');
  const { run, trials } = syntheticRun({ seed, blocks, factors, failed, measure: ['creation'] });
  const samples = trials
    .filter(({ state }) => state === 'completed')
    .map(({ trial, arm, startedAt }) => ({
      metric: 'creation.total',
      value: timeOf(arm, gains) * Math.exp(noise * normalQuantile(random.next() + 2 ** -54)),
      unit: 's',
      arm,
      trial,
      kind: 'measured' as const,
      at: startedAt,
    }));
  return analyse({ run, trials, groups: groupSamples(samples) });
}

function timeOf(arm: Arm, { copyOnWrite, storage, interaction }: Gains): number {
  const clone = arm['provisioning'] === 'clone' ? 1 : 0;
  const shared = arm['storage'] === 'shared' ? 1 : 0;
  const guests = Number(arm['guests'] ?? 1) ** 0.5;
  // Main effects are means over both levels, so half of an interaction goes to each of them.
  const [c, s] = [clone - 0.5, shared - 0.5];
  return (10 * guests) / (copyOnWrite ** clone * storage ** shared * interaction ** (c * s));
}
