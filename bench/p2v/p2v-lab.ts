import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { sampleSchema, type Sample } from '../../src/harness/results/schema.ts';
import type { BenchmarkContext } from '../benchmark.ts';
import { timedNode } from '../processes/timed-process.ts';

const main = join(packageRoot, 'dist/cli/main.js');

/** A lab with a machine that is converted and a host that takes it, and runs of scenarios in it. */
export class P2vLab {
  readonly state: string;
  readonly name: string;
  readonly #context: BenchmarkContext;
  #runs = 0;

  private constructor(context: BenchmarkContext, name: string) {
    this.#context = context;
    this.name = name;
    this.state = join(context.directory, 'state');
  }

  /** @throws Error without root, or where the lab does not come up */
  static async up(context: BenchmarkContext, name: string): Promise<P2vLab> {
    if (process.getuid?.() !== 0) throw new Error('a lab of machines needs root');
    const lab = new P2vLab(context, name);
    await lab.#run(['lab', 'up', '--machines', 'plain:1,kvm:1', '--name', name]);
    return lab;
  }

  get inventory(): string {
    return join(this.state, 'labs', this.name, 'inventory.yaml');
  }

  /**
   * One trial of each arm of a scenario.
   * @param scenario its keys besides name, storages and repeat, in YAML
   * @throws Error if a trial failed
   */
  async trials(scenario: string): Promise<Sample[]> {
    const number = this.#runs++;
    const file = join(this.#context.directory, `scenario-${number}.yaml`);
    const output = join(this.#context.directory, `run-${number}`);
    const head = `name: ${this.name}\nstorages: { local: {} }\nrepeat: { trials: 1 }\n`;
    writeFileSync(file, head + scenario);
    await this.#run(['run', file, '--hosts', this.inventory, '--output', output, '--no-report']);
    return readFileSync(join(output, 'samples.ndjson'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => sampleSchema.parse(JSON.parse(line)));
  }

  async down(): Promise<void> {
    const env = { VIRTGAUGE_STATE: this.state };
    await timedNode([main, 'lab', 'down', this.name], {
      signal: new AbortController().signal,
      env,
    });
  }

  #run(args: readonly string[]): Promise<number> {
    const env = { VIRTGAUGE_STATE: this.state };
    return timedNode([main, ...args], { signal: this.#context.signal, env });
  }
}

/** Sum of what a metric has in the trials of an arm; undefined where it has nothing there. */
export function figureOf(
  samples: readonly Sample[],
  metric: string,
  arm: Sample['arm'],
  phase?: string,
): number | undefined {
  const found = samples.filter(
    (sample) =>
      sample.metric === metric &&
      (phase === undefined || sample.phase === phase) &&
      Object.entries(arm).every(([name, level]) => sample.arm[name] === level),
  );
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}
