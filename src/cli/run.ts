import { randomBytes } from 'node:crypto';
import { InvalidArgumentError, type Command } from 'commander';
import { createRunFolder } from '../harness/results/run-folder.ts';
import { runId } from '../harness/results/run-id.ts';
import { parseShard, requireShardable, type Shard } from '../harness/runner/shard.ts';
import type { Scenario } from '../harness/scenario/schema.ts';
import { executeRun } from './execute-run.ts';
import { withRunningOptions, type RunningOptions } from './running-options.ts';
import { readScenario, withScenarioOptions, type ScenarioOptions } from './scenario-options.ts';

interface RunOptions extends ScenarioOptions, RunningOptions {
  seed?: string;
  shard?: Shard;
  output?: string;
}

/** `virtgauge run SCENARIO` */
export function addRun(program: Command): void {
  addRunning(
    program
      .command('run')
      .description('run a scenario: create guests, measure, report')
      .argument('<scenario>', 'YAML file'),
  );
}

/**
 * The options and the action of a command that runs a scenario.
 * @param require throws UserError for scenarios that are none for this command
 */
export function addRunning(
  command: Command,
  require: (scenario: Scenario) => void = () => {},
): void {
  withScenarioOptions(command)
    .option('--seed <hex>', 'seed of the order of trials; from the scenario or random', seed)
    .option(
      '--shard <part>',
      'only this part of the blocks, such as 1/4; see report --merge',
      shard,
    )
    .option('--output <folder>', 'folder for the results (default: results/<run id>)');
  withRunningOptions(command).action(async (file: string, options: RunOptions) => {
    const { scenario, source, overrides, matrix } = readScenario(file, options);
    require(scenario);
    const given = options.seed ?? scenario.seed;
    if (options.shard) requireShardable(scenario, given, options.shard);
    const chosen = given ?? randomBytes(2).toString('hex');
    const folder = createRunFolder({
      output: options.output,
      id: runId({ startedAt: new Date(), name: scenario.name, seed: chosen }),
    });
    process.exitCode = await executeRun(
      { scenario, source, overrides, matrix, seed: chosen, folder, shard: options.shard },
      options,
    );
  });
}

function shard(text: string): Shard {
  const parsed = parseShard(text);
  if (parsed !== undefined) return parsed;
  throw new InvalidArgumentError('Expected a part and the number of parts, such as 1/4.');
}

export function seed(text: string): string {
  if (/^[0-9a-f]{1,16}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected 1 to 16 hexadecimal digits.');
}
