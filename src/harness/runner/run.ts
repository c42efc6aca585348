import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { UserError } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import { seededRandom } from '../../base/stats/random.ts';
import type { Ledger } from '../../platform/ledger/ledger.ts';
import type { Shell } from '../../platform/remote/shell.ts';
import { loadMeasurements } from '../measure/index.ts';
import type { Measurement } from '../measure/measurement.ts';
import { localMachine } from '../results/environment.ts';
import { ownVersion } from '../results/own-version.ts';
import { readSamples } from '../results/read-samples.ts';
import type { RunFolder } from '../results/run-folder.ts';
import type { Environment, Run, Trial } from '../results/schema.ts';
import { schemaVersion } from '../results/schema.ts';
import type { Matrix } from '../scenario/matrix.ts';
import type { Scenario } from '../scenario/schema.ts';
import { blockOrder } from './order.ts';
import { PilotValues, type PilotSample } from './pilot.ts';
import type { OnProgress } from './progress.ts';
import type { Testbed } from './testbed.ts';
import { runTrial } from './trial.ts';

export interface RunRequest {
  scenario: Scenario;
  /** The scenario's file, as given. */
  source: string;
  overrides: readonly string[];
  matrix: Matrix;
  seed: string;
  folder: RunFolder;
  /** What an earlier process has done of this run. */
  previous?: { run: Run; trials: readonly Trial[] };
  ledger: Ledger;
  shell: Shell;
  clock: Clock;
  /** Folder for images. */
  cache: string;
  /** Seconds after which no block is begun that would not end in time. */
  budget?: number | undefined;
  /** Leave guests and disks of failed trials, for `clean` to remove. */
  keep: boolean;
  signal: AbortSignal;
  onProgress: OnProgress;
  /** What looks at every trial; by default what the scenario asks for. */
  measurements?: readonly Measurement[];
}

export interface RunResult {
  run: Run;
  /** All trials of the run, also those of earlier processes. */
  trials: Trial[];
  /** `hopeless`: every trial of the first block failed, and no other was begun. */
  ended: 'complete' | 'budget' | 'hopeless';
}

/**
 * Does all trials of a scenario that have not been done, in interleaved blocks; what it makes is in
 * the ledger first and gone afterwards.
 * @throws the reason of `signal` when that is aborted; everything is torn down then
 */
export async function runScenario(request: RunRequest): Promise<RunResult> {
  const { folder, ledger, previous, clock, keep, onProgress } = request;
  const startedAt = previous?.run.startedAt ?? new Date().toISOString();
  const origin = clock.fromWall(Date.parse(startedAt) / 1000);
  const measurements = request.measurements ?? (await loadMeasurements(request.scenario));
  let failed = false;
  try {
    const testbed = await prepare(request, measurements);
    const run = describeRun(request, startedAt, measurements, testbed);
    if (previous) requireSameEnvironment(previous.run, run, folder);
    folder.writeRun(run);
    const { trials, ended } = await doTrials(request, run, measurements, testbed, origin);
    run.endedAt = new Date().toISOString();
    folder.writeRun(run);
    failed = trials.some(({ state }) => state === 'failed');
    return { run, trials, ended };
  } finally {
    onProgress({ type: 'preparing', step: 'teardown' });
    if (!(keep && failed)) {
      const { failures } = await ledger.removeAll();
      for (const { what, reason } of failures) onProgress({ type: 'left-behind', what, reason });
    }
    ledger.close();
  }
}

async function prepare(
  { matrix, onProgress, ...request }: RunRequest,
  measurements: readonly Measurement[],
): Promise<Testbed | undefined> {
  if (!measurements.some(({ needsGuests }) => needsGuests)) return undefined;
  const { prepareTestbed } = await import('./testbed.ts');
  return prepareTestbed({
    ...request,
    arms: matrix.arms.map(({ levels }) => levels),
    dataBytes: measurements.reduce((sum, each) => sum + each.dataBytes(request.scenario), 0),
    onStep: (step) => onProgress({ type: 'preparing', step }),
  });
}

function describeRun(
  { scenario, source, overrides, matrix, seed, folder, previous }: RunRequest,
  startedAt: string,
  measurements: readonly Measurement[],
  testbed: Testbed | undefined,
): Run {
  const planned = previous?.run.planned ?? plannedTrials(scenario, matrix.arms.length);
  const environment: Environment = {
    virtgauge: ownVersion(),
    node: process.versions.node,
    machine: localMachine(),
    versions: {},
    storages: {},
    ...testbed?.environment,
  };
  return {
    schema: schemaVersion,
    id: folder.id,
    scenario: JSON.parse(JSON.stringify(scenario)) as Run['scenario'],
    source,
    overrides: [...overrides],
    seed,
    startedAt,
    factors: matrix.factors,
    arms: matrix.arms.map(({ arm }) => arm),
    ...(planned !== undefined && { planned }),
    environment,
    metrics: Object.assign({}, ...measurements.map(({ metrics }) => metrics)) as Run['metrics'],
  };
}

/** Trials in all; undefined while the pilot has not fixed it. */
function plannedTrials({ repeat }: Scenario, arms: number): number | undefined {
  return repeat.trials === 'auto' ? undefined : repeat.trials * arms;
}

/** One run is one machine with one set of tools; what differs belongs in another run. */
function requireSameEnvironment(before: Run, now: Run, folder: RunFolder): void {
  const facts = ({ environment: { machine, versions, accelerator } }: Run) => ({
    ...machine,
    ...versions,
    accelerator: accelerator?.name,
  });
  const old: Record<string, unknown> = facts(before);
  const differences = Object.entries(facts(now)).filter(([name, value]) => old[name] !== value);
  if (differences.length === 0) return;
  throw new UserError({
    where: folder.path,
    message: `expected to resume where the run began: ${differences
      .map(([name, value]) => `${name} was ${String(old[name])}, is ${value}`)
      .join('; ')}`,
    remedy: 'Start a new run; results of two environments are not mixed.',
  });
}

async function doTrials(
  request: RunRequest,
  run: Run,
  measurements: readonly Measurement[],
  testbed: Testbed | undefined,
  origin: number,
): Promise<Pick<RunResult, 'trials' | 'ended'>> {
  const { scenario, matrix, seed, folder, clock, signal, budget, onProgress } = request;
  const { arms } = matrix;
  const random = seededRandom(seed).fork('order');
  const trials = [...(request.previous?.trials ?? [])];
  const done = new Set(trials.map(({ trial }) => trial));
  const pilot = new PilotValues(run.metrics);
  if (run.planned === undefined && done.size > 0) readPilot(folder, pilot, trials);
  const begun = clock.now();
  let blocksDone = 0;

  for (let block = 0; ; block++) {
    if (run.planned === undefined && block === scenario.repeat.pilot) {
      run.planned = pilot.plan(scenario.repeat) * arms.length;
      folder.writeRun(run);
    }
    const trialsInAll = run.planned ?? scenario.repeat.pilot * arms.length;
    if (block * arms.length >= trialsInAll) return { trials, ended: 'complete' };
    onProgress({ type: 'planned', trials: trialsInAll, done: trials.length });

    const blockTime = (clock.now() - begun) / Math.max(1, blocksDone);
    if (budget !== undefined && blocksDone > 0 && clock.now() - begun + blockTime > budget) {
      return { trials, ended: 'budget' };
    }
    const plans = blockOrder(arms.length, block, random).filter(({ trial }) => !done.has(trial));
    for (const plan of plans) {
      // A trial that does nothing would never let signals and timers have their turn.
      await nextTurn();
      signal.throwIfAborted();
      const { arm, levels } = arms[plan.arm] as Matrix['arms'][number];
      onProgress({ type: 'trial-started', trial: plan.trial, arm });
      const { trial, samples, events } = await runTrial(
        {
          ...{ scenario, measurements, folder, testbed, clock, origin, signal },
          keep: request.keep,
          onBoundary: (guest, boundary) =>
            onProgress({ type: 'boundary', trial: plan.trial, guest, boundary }),
        },
        plan,
        arm,
        levels,
      );
      folder.appendTrial(trial, samples, events);
      trials.push(trial);
      pilot.add(samples);
      onProgress({ type: 'trial-ended', trial, samples });
    }
    if (plans.length > 0) blocksDone++;
    if (block === 0 && trials.every(({ state }) => state === 'failed')) {
      return { trials, ended: 'hopeless' };
    }
  }
}

/** The values of trials that an earlier process did. */
function readPilot(folder: RunFolder, pilot: PilotValues, trials: readonly Trial[]): void {
  const byTrial = new Map(trials.map(({ trial }) => [trial, [] as PilotSample[]]));
  for (const { labels, columns, length } of readSamples(join(folder.path, 'samples.ndjson'))
    .groups) {
    for (let index = 0; index < length; index++) {
      const value = columns.value[index] ?? NaN;
      byTrial.get(columns.trial[index] ?? -1)?.push({ ...labels, value });
    }
  }
  for (const samples of byTrial.values()) pilot.add(samples);
}
