import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../../base/stats/random.ts';
import { normalQuantile } from '../../../base/stats/normal.ts';
import type { Level, Run, Sample, Trial } from '../../results/schema.ts';
import { analyse, type Analysis } from '../analysis.ts';
import { groupSamples } from '../group-samples.ts';
import { syntheticRun } from '../synthetic-run.example.ts';
import { type Usl, uslThroughput } from './usl.ts';

/** What a synthetic run over the number of guests is made from. For tests: nothing was measured. */
export interface SyntheticCapacity {
  /** By name of the storage. Bytes a second. */
  laws?: Record<string, Usl>;
  guests?: number[];
  factors?: Record<string, Level[]>;
  blocks?: number;
  /** Relative standard deviation between trials, and of what the trials of a block share. */
  noise?: number;
  blockNoise?: number;
  /** Requests a second that each guest asks for. */
  rate?: number;
  seed?: string;
  /** With so many guests all trials but those of the first block fail. */
  failsAt?: number;
  limits?: Record<string, unknown>;
  change?: (run: Run) => Run;
}

export const usualLaws = {
  local: { lambda: 8e6, sigma: 0.08, kappa: 0.012 },
  shared: { lambda: 5e6, sigma: 0.05, kappa: 0.003 },
};
const block = 4096;

/** The records of such a run: 4 KiB requests of the job `randread`, eight in flight. */
export function syntheticCapacity({
  laws = usualLaws,
  guests = [1, 2, 3, 4, 6, 8, 12],
  factors = {},
  blocks = 8,
  noise = 0.03,
  blockNoise = 0,
  rate,
  seed = 'c0ffee',
  failsAt,
  limits,
  change = (run) => run,
}: SyntheticCapacity = {}): { run: Run; trials: Trial[]; samples: Sample[] } {
  const made = syntheticRun({
    ...{ seed, blocks, measure: ['guest-io'], jobs: ['randread'] },
    factors: { storage: Object.keys(laws), ...factors, guests },
  });
  const random = seededRandom(seed).fork('capacity');
  const normal = () => normalQuantile(Math.min(1 - 1e-9, Math.max(1e-9, random.next())));
  const shared = Array.from({ length: blocks }, () => Math.exp(blockNoise * normal()));
  const trials = made.trials.map((trial): Trial => {
    const fails = trial.arm['guests'] === failsAt && trial.block > 0;
    return fails ? { ...trial, state: 'failed', reason: { message: 'no answer' } } : trial;
  });
  const samples = trials.flatMap(({ trial, arm, block: number, state }): Sample[] => {
    if (state !== 'completed') return [];
    const law = laws[`${arm['storage']}`] as Usl;
    const n = Number(arm['guests']);
    const can = uslThroughput(law, n) * Math.exp(noise * normal()) * (shared[number] ?? 1);
    const asked = rate === undefined ? Infinity : rate * n * block;
    const throughput = Math.min(can, asked);
    // In flight divided by throughput; for guests of limited rate it grows towards saturation.
    const mean =
      rate === undefined
        ? (8 * n * block) / throughput
        : (block / can) * n * (1 + (asked / can) ** 6);
    const common = { arm, trial, kind: 'measured' as const, at: trial, job: 'randread' };
    return [
      { metric: 'guest-io.throughput', value: throughput, unit: 'B/s', ...common },
      { metric: 'guest-io.iops', value: throughput / block, unit: '1/s', ...common },
      ...[50, 95, 99].map((percentile) => ({
        ...{ metric: 'guest-io.latency', unit: 's', percentile, ...common },
        value: mean * (1 + (percentile - 50) / 20) * Math.exp(noise * normal()),
      })),
      ...(rate === undefined
        ? []
        : [{ metric: 'guest-io.offered', value: rate * n, unit: '1/s', ...common }]),
    ];
  });
  const offered = { title: 'Rate asked', unit: '1/s', better: 'neither' as const };
  const run: Run = {
    ...made.run,
    id: '2026-11-20-capacity-c0ff',
    scenario: {
      ...made.run.scenario,
      name: 'capacity',
      ...(limits === undefined ? {} : { limits }),
    },
    metrics: { ...made.run.metrics, 'guest-io.offered': offered },
  };
  return { run: change(run), trials, samples };
}

/** Writes the folder of such a run. */
export function writeSyntheticCapacity(folder: string, options: SyntheticCapacity = {}): void {
  const { run, trials, samples } = syntheticCapacity(options);
  const lines = (rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'run.json'), JSON.stringify(run));
  writeFileSync(join(folder, 'trials.ndjson'), lines(trials));
  writeFileSync(join(folder, 'samples.ndjson'), lines(samples));
  writeFileSync(join(folder, 'events.ndjson'), '');
}

/** The same, analysed. */
export function syntheticAnalysis(options: SyntheticCapacity = {}): Analysis {
  const { run, trials, samples } = syntheticCapacity(options);
  return analyse({ run, trials, groups: groupSamples(samples) });
}
