import type { Clock } from '../../base/clock.ts';
import { largest } from '../../base/stats/largest.ts';
import type { Ledger } from '../../platform/ledger/ledger.ts';
import type { Inventory } from '../../platform/remote/inventory/load.ts';
import { loadMeasurements } from '../measure/index.ts';
import type { Measurement } from '../measure/measurement.ts';
import { localMachine } from '../results/environment.ts';
import { ownVersion } from '../results/own-version.ts';
import type { RunFolder } from '../results/run-folder.ts';
import type { Environment, Run, Trial } from '../results/schema.ts';
import { schemaVersion } from '../results/schema.ts';
import type { Levels } from '../scenario/levels.ts';
import type { Matrix } from '../scenario/matrix.ts';
import type { Scenario } from '../scenario/schema.ts';
import { doTrials, type TrialsDone } from './do-trials.ts';
import { HostGroup } from './hosts/host-group.ts';
import type { RunHosts } from './hosts/run-hosts.ts';
import { hypervisorsOf } from './hypervisors-of.ts';
import type { OnProgress } from './progress.ts';
import { sameEnvironment } from './same-environment.ts';
import type { Shard } from './shard.ts';
import type { Testbed } from './testbed.ts';
import { openWriteAccount } from './writes/open-account.ts';
import type { WriteAccount } from './writes/write-account.ts';

export interface RunRequest {
  scenario: Scenario;
  /** The scenario's file, as given. */
  source: string;
  overrides: readonly string[];
  matrix: Matrix;
  seed: string;
  folder: RunFolder;
  /** What an earlier process has done of this run; other trials in its folder are taken out. */
  previous?: { run: Run; trials: readonly Trial[] };
  /** Do this part of the blocks only. */
  shard?: Shard | undefined;
  /** Id of the run whose suspicions it confirms or takes back. */
  confirms?: string | undefined;
  /** Go on with `previous` on whatever hosts there are; the run tells what is different. */
  otherHosts?: boolean;
  ledger: Ledger;
  clock: Clock;
  /** Folder for images. */
  cache: string;
  /** The hosts to use; this machine by default. */
  inventory?: Inventory | undefined;
  /** Trials at once, where there are hosts for them; 1 by default. */
  parallel?: number;
  /** Seconds, from now on, after which no block is begun that would not end in time. */
  budget?: number | undefined;
  /** That budget as it was asked for, to be told with the run; the end of a job is none. */
  askedBudget?: number | undefined;
  /** Bytes that all processes of the run may write to its storages: no trial is begun that would pass it. */
  writeBudget?: number | undefined;
  /**
   * What is to be done with the seconds that a budget leaves once all planned trials are done, or when not
   * all of them fit any more but each arm has six: the arms of each further block.
   */
  extend?: (left: number) => Promise<number[][]>;
  /** Leave guests and disks of failed trials, for `clean` to remove. */
  keep: boolean;
  signal: AbortSignal;
  onProgress: OnProgress;
  /** What looks at every trial; by default what the scenario asks for. */
  measurements?: readonly Measurement[];
  /** Where trials are done; by default opened as the other options say. */
  hosts?: RunHosts;
}

export interface RunResult extends TrialsDone {
  run: Run;
}

/**
 * Does all trials of a scenario that have not been done, in interleaved blocks; what it makes is in
 * the ledger first and gone afterwards.
 * @throws the reason of `signal` when that is aborted; everything is torn down then
 */
export async function runScenario(request: RunRequest): Promise<RunResult> {
  const { folder, ledger, previous, clock, keep, onProgress } = request;
  const begun = clock.now();
  const startedAt = previous?.run.startedAt ?? new Date().toISOString();
  const origin = clock.fromWall(Date.parse(startedAt) / 1000);
  const measurements = request.measurements ?? (await loadMeasurements(request.scenario));
  let failed = false;
  let hosts = request.hosts;
  try {
    for (const measurement of measurements) measurement.prepare?.(request.scenario);
    hosts ??= await prepareHosts(request, measurements);
    let writes: WriteAccount | undefined;
    const testbed = await prepareBed(request, hosts, measurements, (account) => (writes = account));
    const run = describeRun(request, startedAt, measurements, testbed);
    if (previous) {
      const { otherHosts = false, inventory } = request;
      const rule = otherHosts ? 'any' : inventory?.job !== undefined ? 'alike' : 'same';
      run.environment = sameEnvironment(
        previous.run.environment,
        run.environment,
        rule,
        folder.path,
      );
    }
    if (writes) run.writes = writes.record(false);
    if (previous) folder.keepOnly(previous.trials);
    folder.writeRun(run);
    // What was spent on preparing is no more there for trials.
    const spent = clock.now() - begun;
    const budget = request.budget === undefined ? undefined : request.budget - spent;
    const done = await doTrials({
      ...{ request: { ...request, budget }, run, measurements, testbed, origin, writes },
      groups: hosts.groups,
    });
    run.endedAt ??= new Date().toISOString();
    if (writes) run.writes = writes.record(done.ended === 'write-budget');
    folder.writeRun(run);
    failed = done.trials.some(({ state }) => state === 'failed');
    return { run, ...done };
  } finally {
    onProgress({ type: 'preparing', step: 'teardown' });
    if (!(keep && failed)) {
      const { failures } = await ledger.removeAll();
      for (const { what, reason } of failures) onProgress({ type: 'left-behind', what, reason });
    }
    ledger.close();
    await hosts?.close();
  }
}

const nowhere: RunHosts = {
  groups: [new HostGroup([], new Map())],
  addresses: [],
  onlyThisMachine: true,
  close: () => Promise.resolve(),
};

async function prepareHosts(
  { matrix, inventory, parallel = 1, cache, signal, onProgress }: RunRequest,
  measurements: readonly Measurement[],
): Promise<RunHosts> {
  if (!measurements.some(({ needsGuests }) => needsGuests)) return nowhere;
  if (inventory) onProgress({ type: 'preparing', step: 'connecting to hosts' });
  const { openHosts } = await import('./hosts/run-hosts.ts');
  const arms = matrix.arms.map(({ levels }) => levels);
  const needed = hostsNeeded(measurements, arms);
  const watched = guestsMove(measurements);
  const hypervisors = hypervisorsOf(arms);
  const converts = convertsMachines(measurements);
  const hosts = await openHosts({
    ...{ inventory, parallel, cache, signal, needed, watched, hypervisors, converts },
  });
  const { length } = hosts.groups;
  if (length < parallel) {
    const step = `${length === 1 ? 'one trial' : `${length} trials`} at a time: there are no hosts for ${parallel}`;
    onProgress({ type: 'preparing', step });
  }
  return hosts;
}

/** Hosts that a trial takes. */
export function hostsNeeded(
  measurements: readonly Pick<Measurement, 'needsHosts' | 'kind'>[],
  arms: readonly Pick<Levels, 'hosts'>[],
): number {
  // Simulated hosts are none.
  if (measurements.some(({ kind }) => kind === 'simulated')) return 1;
  const measuring = measurements.map(({ needsHosts = 1 }) => needsHosts);
  return largest([1, ...measuring, ...arms.map(({ hosts }) => hosts)]);
}

/** Whether a measurement moves guests to another host. */
export function guestsMove(
  measurements: readonly Pick<Measurement, 'needsHosts' | 'kind'>[],
): boolean {
  return hostsNeeded(measurements, []) > 1;
}

function convertsMachines(measurements: readonly Pick<Measurement, 'converts'>[]): boolean {
  return measurements.some(({ converts }) => converts === true);
}

async function prepareBed(
  { matrix, onProgress, ...request }: RunRequest,
  hosts: RunHosts,
  measurements: readonly Measurement[],
  onAccount: (account: WriteAccount) => void,
): Promise<Testbed | undefined> {
  const beforeWriting = (systemSize: (levels: Levels) => number) => {
    const { writeBudget, scenario, folder, previous } = request;
    if (writeBudget === undefined) return;
    const plan = { scenario, measurements, systemSize };
    onAccount(openWriteAccount(writeBudget, plan, matrix, folder.path, previous));
  };
  if (!measurements.some(({ needsGuests }) => needsGuests)) {
    beforeWriting(() => 0);
    return undefined;
  }
  const { prepareTestbed } = await import('./testbed.ts');
  if (convertsMachines(measurements)) {
    const { enterConversions, requireResets } = await import('./hosts/reset-source.ts');
    const planned = plannedTrials(request.scenario, matrix.arms.length);
    requireResets(hosts.groups, planned, request.cache);
    enterConversions(hosts.groups, request.ledger, request.cache);
  }
  const arms = matrix.arms.map(({ levels }) => levels);
  return prepareTestbed({
    ...{ ...request, hosts, arms },
    needed: hostsNeeded(measurements, arms),
    wholeGroup: guestsMove(measurements),
    cutsPower: measurements.some(({ cutsPower }) => cutsPower === true),
    killsHosts: measurements.some(({ killsHosts }) => killsHosts === true),
    dataBytes: measurements.reduce((sum, each) => sum + each.dataBytes(request.scenario), 0),
    onStep: (step) => onProgress({ type: 'preparing', step }),
    beforeWriting,
  });
}

function describeRun(
  { scenario, source, overrides, matrix, seed, folder, previous, shard, ...rest }: RunRequest,
  startedAt: string,
  measurements: readonly Measurement[],
  testbed: Testbed | undefined,
): Run {
  const planned = previous?.run.planned ?? plannedTrials(scenario, matrix.arms.length);
  const confirms = rest.confirms ?? previous?.run.confirms;
  const budget = previous ? previous.run.budget : rest.askedBudget;
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
    ...(budget !== undefined && { budget }),
    ...(shard !== undefined && { shard }),
    ...(confirms !== undefined && { confirms }),
    ...(previous?.run.endedAt && { endedAt: previous.run.endedAt }),
    ...(previous?.run.notes && { notes: previous.run.notes }),
    ...(previous?.run.further && { further: previous.run.further }),
    environment,
    metrics: Object.assign({}, ...measurements.map(({ metrics }) => metrics)) as Run['metrics'],
  };
}

/** Trials in all; undefined while the pilot has not fixed it. */
function plannedTrials({ repeat }: Scenario, arms: number): number | undefined {
  return repeat.trials === 'auto' ? undefined : repeat.trials * arms;
}
