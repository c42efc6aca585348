import { randomBytes } from 'node:crypto';
import { InvalidArgumentError, type Command } from 'commander';
import { parseBytes, parseDuration } from '../base/units.ts';
import { createRunFolder } from '../harness/results/run-folder.ts';
import { runId } from '../harness/results/run-id.ts';
import { parseShard, requireShardable, type Shard } from '../harness/runner/shard.ts';
import type { Scenario } from '../harness/scenario/schema.ts';
import { executeRun } from './execute-run.ts';
import { readScenario, withScenarioOptions, type ScenarioOptions } from './scenario-options.ts';

interface RunOptions extends ScenarioOptions {
  seed?: string;
  shard?: Shard;
  output?: string;
  budget?: number;
  writeBudget?: number;
  keep: boolean;
  report: boolean;
  json: boolean;
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
    .option('--output <folder>', 'folder for the results (default: results/<run id>)')
    .option(
      '--budget <time>',
      'begin no block that would end later, such as 2h; what is left goes to open claims',
      duration,
    )
    .option(
      '--write-budget <bytes>',
      'begin no trial by which more than this would be written to storages, such as 50GiB',
      byteCount,
    )
    .option('--keep', 'leave guests and disks when trials fail; remove them with clean', false)
    .option('--no-report', 'only measure; make the report later with: virtgauge report')
    .option('--json', 'print the outcome as JSON', false)
    .action(async (file: string, options: RunOptions) => {
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

export function duration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds > 0) return seconds;
  throw new InvalidArgumentError('Expected a duration such as 90s, 45m or 2h.');
}

export function byteCount(text: string): number {
  const bytes = parseBytes(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  throw new InvalidArgumentError('Expected a number of bytes such as 500MiB or 50GiB.');
}
