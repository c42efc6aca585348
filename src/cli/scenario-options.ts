import type { Command } from 'commander';
import { expandArms, type Matrix } from '../harness/scenario/matrix.ts';
import { filterArms } from '../harness/scenario/filter.ts';
import { loadScenario, type LoadedScenario } from '../harness/scenario/load.ts';
import { withHostOptions, type HostOptions } from './host-options.ts';

export interface ScenarioOptions extends HostOptions {
  set: string[];
  filter: string[];
}

/** `--set`, `--filter`, `--hosts` and `--parallel`, the same wherever a scenario is read. */
export function withScenarioOptions(command: Command): Command {
  return withHostOptions(command)
    .option(
      '--set <path=value>',
      'change a value of the scenario, such as repeat.trials=3',
      collect,
      [],
    )
    .option(
      '--filter <factor=level>',
      'only these arms, such as storage=local,guests=1|4',
      collect,
      [],
    );
}

/** Reads a scenario and expands its arms. */
export function readScenario(
  file: string,
  { set, filter, hosts }: ScenarioOptions,
): LoadedScenario & { matrix: Matrix } {
  const loaded = loadScenario(file, { set });
  if (hosts !== undefined) loaded.scenario.hosts = hosts;
  const matrix = expandArms(loaded.scenario);
  return { ...loaded, matrix: filter.length === 0 ? matrix : filterArms(matrix, filter) };
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}
