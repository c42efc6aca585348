import type { Command } from 'commander';
import { expandArms, type Matrix } from '../harness/scenario/matrix.ts';
import { filterArms } from '../harness/scenario/filter.ts';
import { loadScenario, type LoadedScenario } from '../harness/scenario/load.ts';

export interface ScenarioOptions {
  set: string[];
  filter: string[];
}

/** `--set` and `--filter`, the same wherever a scenario is read. */
export function withScenarioOptions(command: Command): Command {
  return command
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
  { set, filter }: ScenarioOptions,
): LoadedScenario & { matrix: Matrix } {
  const loaded = loadScenario(file, { set });
  const matrix = expandArms(loaded.scenario);
  return { ...loaded, matrix: filter.length === 0 ? matrix : filterArms(matrix, filter) };
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}
