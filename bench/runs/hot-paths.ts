import { writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from 'simple-statistics';
import { Bench } from 'tinybench';
import { medianInterval } from '../../src/base/stats/median-interval.ts';
import { seededRandom } from '../../src/base/stats/random.ts';
import { ratioInterval } from '../../src/base/stats/ratio-interval.ts';
import { syntheticRun } from '../../src/harness/analysis/synthetic-run.example.ts';
import { readSamples } from '../../src/harness/results/read-samples.ts';
import { sampleSchema } from '../../src/harness/results/schema.ts';
import { completeLevels, crossArms } from '../../src/harness/scenario/matrix.ts';
import { scenarioSchema } from '../../src/harness/scenario/schema.ts';
import type { Benchmark, Row } from '../benchmark.ts';
import { compared } from '../figures/compared.ts';
import { within } from '../figures/goal.ts';
import { intervalText } from '../figures/interval-text.ts';
import { interleavedPairs } from '../figures/pairs.ts';

/** What is called most, each against the plain way to do it: faster, or it is not worth its lines. */
export const hotPaths: Benchmark = {
  name: 'hot-paths',
  about: 'reading samples, ratio interval, matrix of arms, in process; the other: the plain way',
  async run({ directory, signal, pairs = 10, progress }) {
    const rows: Row[] = [];
    for (const path of paths(directory)) {
      signal.throwIfAborted();
      rows.push(await measure(path, pairs));
      progress(`${path.name} measured`);
    }
    return rows;
  },
};

interface Path {
  name: string;
  /** Largest ratio that is good; 1 by default. */
  limit?: number;
  ours: () => void;
  other: () => void;
}

function paths(directory: string): Path[] {
  const samples = join(directory, 'samples.ndjson');
  const lines = syntheticRun({ seed: 'hot paths', blocks: 100 }).samples;
  writeFileSync(samples, lines.map((sample) => `${JSON.stringify(sample)}\n`).join(''));

  const random = seededRandom('hot paths');
  const blocks = Array.from({ length: 50 }, () => [
    { baseline: 1 + random.next(), other: 2 + random.next() },
  ]);

  const factors = {
    storage: ['a', 'b', 'c', 'd'],
    provisioning: ['copy', 'clone'],
    guests: [1, 2, 4, 8],
    cache: ['none', 'writeback'],
    vcpus: [1, 2, 4, 8],
    queues: [1, 2, 4, 8],
  };
  const scenario = scenarioSchema.parse({ name: 'x', factors, measure: { noop: {} } });

  return [
    {
      name: 'read-samples',
      ours: () => void readSamples(samples),
      other: () => {
        const text = readFileSync(samples, 'utf8').trimEnd().split('\n');
        for (const line of text) sampleSchema.parse(JSON.parse(line));
      },
    },
    {
      name: 'ratio-interval',
      ours: () => void ratioInterval(blocks, { random, resamples: 1000 }),
      other: () => {
        for (let r = 0; r < 1000; r++) {
          const drawn = blocks.map(() => blocks[random.integer(blocks.length)] ?? []);
          const side = (name: 'baseline' | 'other') =>
            median(drawn.map((block) => block[0]?.[name] ?? NaN));
          Math.log(side('other') / side('baseline'));
        }
      },
    },
    {
      name: 'expand-arms',
      // Ours looks at exclusions as well.
      limit: 1.25,
      ours: () => void crossArms(scenario),
      other: () => {
        const held = completeLevels(scenario);
        let arms: object[] = [{}];
        for (const [factor, levels] of Object.entries(factors)) {
          arms = arms.flatMap((arm) => levels.map((level) => ({ ...arm, [factor]: level })));
        }
        arms.map((arm) => ({ arm, levels: { ...held, ...arm } }));
      },
    },
  ];
}

async function measure({ name, limit = 1, ...path }: Path, count: number): Promise<Row> {
  const side = (run: () => void) => async () => {
    const bench = new Bench({ time: 100, warmupTime: 20, iterations: 3 }).add(name, run);
    const [task] = await bench.run();
    if (task?.result.state !== 'completed') throw new Error(`${name} did not complete`);
    return task.result.latency.p50;
  };
  const pairs = await interleavedPairs(count, { ours: side(path.ours), other: side(path.other) });
  const interval = medianInterval(pairs.map(({ ours, other }) => ours / other));
  return {
    name,
    unit: 'ms',
    ...compared(pairs, 'ratio'),
    goal: `ratio ≤ ${limit}`,
    outcome: within(interval, { high: limit }),
    note: `ratio ${intervalText(interval, '×')}`,
  };
}
