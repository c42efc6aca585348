import { randomBytes } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { whereDifferent } from '../../harness/analysis/stored/comparable-runs.ts';
import type { StoredRun } from '../../harness/analysis/stored/read-stored-run.ts';
import { localMachine } from '../../harness/results/environment.ts';
import { createRunFolder } from '../../harness/results/run-folder.ts';
import { runId } from '../../harness/results/run-id.ts';
import type { Arm, Run } from '../../harness/results/schema.ts';
import { expandArms } from '../../harness/scenario/matrix.ts';
import { restoreScenario } from '../../harness/scenario/restore.ts';
import { interleaving, parseVersions } from '../../harness/scenario/versions.ts';
import { executeRun } from '../execute-run.ts';
import { exitCodes } from '../exit-codes.ts';
import { readScenario, type ScenarioOptions } from '../scenario-options.ts';

export interface MeasureOptions extends ScenarioOptions {
  ab?: string[];
  /** Folder for the results. */
  run?: string;
  seed?: string;
  budget?: number;
  json: boolean;
}

/** So many trials of each version carry the interval of some twenty figures at once. */
const fewestTrials = 12;

/** Where the results lie, or that it was interrupted. */
export type Measured = { folder: string } | 'interrupted';

/**
 * Makes the run of a scenario; of two versions (`ab`) both in every block, and often enough for an
 * interval, unless `--set repeat.trials` says how often.
 * @throws UserError if the scenario cannot be read, or it cannot start
 */
export async function measureScenario(file: string, options: MeasureOptions): Promise<Measured> {
  const read = readScenario(file, {
    ...options,
    set: abSettings(file, options),
    filter: options.filter,
  });
  const seed = options.seed ?? read.scenario.seed ?? randomBytes(2).toString('hex');
  const folder = createRunFolder({
    output: options.run,
    id: runId({ startedAt: new Date(), name: read.scenario.name, seed }),
  });
  return measured(await executeRun({ ...read, seed, folder }, quietly(options)), folder.path);
}

/** What `--set` has to say beside what the user says. */
function abSettings(file: string, options: MeasureOptions): string[] {
  const { ab, set } = options;
  if (ab === undefined) return set;
  const parsed = parseVersions(ab);
  const { scenario } = readScenario(file, { ...options, filter: [] });
  const { trials } = scenario.repeat;
  const often = trials === 'auto' || trials < fewestTrials;
  const said = set.some((text) => text.startsWith('repeat'));
  return [
    ...set,
    ...('factor' in parsed ? [] : interleaving(parsed, scenario.exclude)),
    ...(often && !said ? [`repeat.trials=${fewestTrials}`] : []),
  ];
}

/**
 * Some arms of a stored run once more, as often as there, with another seed, in a folder beside it.
 * @throws UserError if it cannot start, or this version of virtgauge cannot read the scenario
 */
export async function measureAgain(
  { folder: path, run }: StoredRun,
  arms: readonly Arm[],
  options: Pick<MeasureOptions, 'hosts' | 'parallel' | 'json' | 'budget'>,
): Promise<Measured> {
  const scenario = restoreScenario(run.scenario, `${path}/run.json`);
  if (options.hosts !== undefined) scenario.hosts = options.hosts;
  const planned = run.planned ?? run.arms.length * fewestTrials;
  scenario.repeat.trials = Math.max(1, Math.ceil(planned / run.arms.length));
  const name = (arm: Arm) => JSON.stringify(arm);
  const wanted = new Set(arms.map(name));
  const matrix = {
    factors: run.factors,
    arms: expandArms(scenario).arms.filter(({ arm }) => wanted.has(name(arm))),
  };
  const seed = randomBytes(2).toString('hex');
  const folder = createRunFolder({ results: dirname(path), id: `${basename(path)}-confirm` });
  const { source, overrides, id } = run;
  const what = { scenario, source, overrides, matrix, seed, folder, confirms: id };
  return measured(await executeRun(what, quietly(options)), folder.path);
}

/** How this machine differs from the one where a run was made; empty where it is the same. */
export function elsewhere(run: Run): string[] {
  const here = { ...run.environment, machine: localMachine() };
  return whereDifferent(run, { ...run, environment: here });
}

/** The gate has the last word: where only JSON is wanted, nothing else is printed. */
function quietly(options: Pick<MeasureOptions, 'json' | 'parallel' | 'budget'>) {
  const { json, parallel, budget } = options;
  return {
    ...{ json, parallel, keep: false, report: true },
    ...(budget !== undefined && { budget }),
    ...(json && { say: () => undefined }),
  };
}

function measured(code: number, folder: string): Measured {
  return code === exitCodes.interrupted ? 'interrupted' : { folder };
}
