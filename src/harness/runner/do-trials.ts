import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { seededRandom } from '../../base/stats/random.ts';
import type { Measurement } from '../measure/measurement.ts';
import { readSamples } from '../results/read-samples.ts';
import type { RunFolder } from '../results/run-folder.ts';
import type { Run, Trial } from '../results/schema.ts';
import type { Matrix } from '../scenario/matrix.ts';
import type { HostGroup } from './hosts/host-group.ts';
import { furtherBlocks } from './further-blocks.ts';
import { blockOrder, type PlannedTrial } from './order.ts';
import { PilotValues, type PilotSample } from './pilot.ts';
import { repeatsOf } from './repeats.ts';
import type { RunRequest } from './run.ts';
import type { Testbed } from './testbed.ts';
import { isOfShard, ofShard, trialsOf } from './shard.ts';
import { runTrial } from './trial.ts';
import { Workers } from './workers.ts';
import type { WriteAccount } from './writes/write-account.ts';

/** What became of the trials of a run. */
export interface TrialsDone {
  /** All trials of the run, also those of earlier processes. */
  trials: Trial[];
  /**
   * `hopeless`: every trial of the first block failed, and no other was begun. `out-of-reach`: hosts
   * were lost and none is left that a trial could take, all of them or those of one hypervisor.
   */
  ended: 'complete' | 'budget' | 'write-budget' | 'hopeless' | 'out-of-reach';
}

export interface TrialsRequest {
  request: RunRequest;
  run: Run;
  measurements: readonly Measurement[];
  testbed: Testbed | undefined;
  /** Where the run's time begins on its clock, in seconds. */
  origin: number;
  /** Trials of different groups are done at once. */
  groups: readonly HostGroup[];
  /** What may be written to storages; absent: without limit. */
  writes?: WriteAccount | undefined;
}

/**
 * Does the trials that have not been done, begun in the order that the seed gives to each block.
 * @throws the reason of the run's signal, or what keeps results from being written; no trial is
 *   being done any more then
 */
export async function doTrials(all: TrialsRequest): Promise<TrialsDone> {
  const { request, run, measurements, testbed, origin, groups, writes } = all;
  const { scenario, matrix, seed, folder, clock, budget, onProgress } = request;
  const { arms } = matrix;
  const random = seededRandom(seed).fork('order');
  const worlds = seededRandom(seed).fork('worlds');
  const trials = [...(request.previous?.trials ?? [])];
  const done = new Set(trials.map(({ trial }) => trial));
  const pilot = new PilotValues(run.metrics);
  if (run.planned === undefined && done.size > 0) readPilot(folder, pilot, trials);
  const begun = clock.now();
  const { shard } = request;
  let ended = 0;
  /** Seconds for each trial in an earlier process: the budget holds for the first block after it, too. */
  const earlierPace =
    trials.reduce((sum, { duration }) => sum + duration, 0) /
    Math.max(1, trials.length) /
    Math.min(request.parallel ?? 1, groups.length);
  let first = true;
  /** Whether there was no host left for a trial. */
  let skipped = false;

  const doTrial = async (plan: PlannedTrial, group: HostGroup, signal: AbortSignal) => {
    const { arm, levels } = arms[plan.arm] as Matrix['arms'][number];
    const lostBefore = group.loss() !== undefined;
    // A run that gets more trials has not ended.
    if (run.endedAt !== undefined) {
      delete run.endedAt;
      folder.writeRun(run);
    }
    onProgress({ type: 'trial-started', trial: plan.trial, arm });
    const { trial, samples, events } = await runTrial(
      {
        ...{ scenario, measurements, folder, testbed, group, clock, origin, signal },
        keep: request.keep,
        random: worlds.fork(`block ${plan.block}`),
        onBoundary: (guest, boundary) =>
          onProgress({ type: 'boundary', trial: plan.trial, guest, boundary }),
      },
      plan,
      arm,
      levels,
    );
    folder.appendTrial(trial, samples, events);
    writes?.end(plan.trial, plan.arm, events);
    trials.push(trial);
    ended++;
    pilot.add(samples);
    onProgress({ type: 'trial-ended', trial, samples });
    // Once may be a restart; a group that is still lost a trial later is given up.
    return lostBefore && group.loss() !== undefined ? 'leaves' : 'stays';
  };

  /** Of the groups, one on which the arm's hypervisor runs. @returns false if none is left */
  const begin = (workers: Workers<HostGroup>, plan: PlannedTrial) => {
    const { levels } = arms[plan.arm] as Matrix['arms'][number];
    return workers.begin(
      (group, signal) => {
        writes?.begin(plan.trial, plan.arm);
        return doTrial(plan, group, signal);
      },
      (group) => group.runs(levels.hypervisor),
    );
  };

  /** Whether these trials may write what they will; what others still write is waited for. */
  const mayWrite = async (workers: Workers<HostGroup>, plans: readonly PlannedTrial[]) => {
    const own = plans.map(({ arm }) => arm);
    if (writes === undefined || writes.fits(own)) return true;
    await workers.allDone();
    return writes.fits(own);
  };

  /** Planned trials are not at stake any more: the budget or lost hosts end it without a word. */
  const repeatContaminated = async (workers: Workers<HostGroup>, planned: number) => {
    const names = arms.map(({ arm }) => JSON.stringify(arm));
    const repeats = repeatsOf(trials, planned, ({ arm }) => names.indexOf(JSON.stringify(arm)));
    for (const plan of repeats.map((one) => ofShard(one, planned, shard))) {
      if (!(await workers.oneFree())) break;
      const elapsed = clock.now() - begun;
      if (budget !== undefined && elapsed + elapsed / Math.max(1, ended) > budget) break;
      if (!(await mayWrite(workers, [plan]))) break;
      const own = trialsOf(shard, planned, arms.length);
      onProgress({ type: 'planned', trials: own + repeats.length, done: trials.length });
      await begin(workers, plan);
    }
    await workers.allDone();
  };

  /**
   * Does the further trials that an earlier process fixed, then spends what is left of the budget; said in
   * the run, since these trials were not planned beforehand.
   */
  const doFurther = async (workers: Workers<HostGroup>) => {
    const left = () => (budget === undefined ? Infinity : budget - (clock.now() - begun));
    const doAll = async (plans: readonly PlannedTrial[]) => {
      for (const plan of plans) {
        if (!(await workers.oneFree())) break;
        if (left() < 0 || !(await mayWrite(workers, [plan]))) break;
        onProgress({ type: 'planned', trials: trials.length + plans.length, done: trials.length });
        await begin(workers, plan);
      }
      await workers.allDone();
    };
    await doAll((run.further ?? []).filter(({ trial }) => !done.has(trial)));
    if (budget === undefined || request.extend === undefined || shard !== undefined) return;
    const blocks = await request.extend(left());
    if (blocks.length === 0) return;
    // Behind planned trials as well that were not done: a resumed run does them, each with its number.
    const behind = trials.reduce((most, { trial }) => Math.max(most, trial + 1), run.planned ?? 0);
    const first = Math.ceil(behind / arms.length);
    const plans = furtherBlocks(blocks, first, arms.length, random.fork('further'));
    run.further = [...(run.further ?? []), ...plans];
    run.notes = [...(run.notes ?? []), furtherNote(plans.length, blocks.length)];
    folder.writeRun(run);
    await doAll(plans);
  };

  return Workers.during(
    groups,
    request.signal,
    async (workers): Promise<TrialsDone> => {
      for (let block = 0; ; block++) {
        if (run.planned === undefined && block === scenario.repeat.pilot) {
          await workers.allDone();
          run.planned = pilot.plan(scenario.repeat) * arms.length;
          folder.writeRun(run);
        }
        const trialsInAll = run.planned ?? scenario.repeat.pilot * arms.length;
        if (block * arms.length >= trialsInAll) {
          await workers.allDone();
          await doFurther(workers);
          await repeatContaminated(workers, trialsInAll);
          return { trials, ended: skipped ? 'out-of-reach' : 'complete' };
        }
        if (!isOfShard(block, shard)) continue;
        await workers.oneFree();
        const own = trialsOf(shard, trialsInAll, arms.length);
        onProgress({ type: 'planned', trials: own, done: trials.length });
        const plans = blockOrder(arms.length, block, random).filter(
          ({ trial }) => !done.has(trial),
        );
        const elapsed = clock.now() - begun;
        const pace = ended > 0 ? elapsed / ended : earlierPace;
        const blockTime = pace * arms.length;
        const missing = (trialsInAll / arms.length - block) * blockTime;
        const known = pace > 0 && plans.length > 0;
        const tooLong = budget !== undefined && known && elapsed + missing > budget;
        const narrow = request.extend !== undefined && run.planned !== undefined;
        const canChoose = narrow && block >= fewestBlocks;
        if (tooLong && (canChoose || elapsed + blockTime > budget)) {
          await workers.allDone();
          if (canChoose) await doFurther(workers);
          return { trials, ended: 'budget' };
        }
        if (!(await mayWrite(workers, plans))) return { trials, ended: 'write-budget' };
        for (const plan of plans) {
          // A trial that does nothing would never let signals and timers have their turn.
          await nextTurn();
          if (!(await mayWrite(workers, [plan]))) return { trials, ended: 'write-budget' };
          if (await begin(workers, plan)) continue;
          if (!(await workers.oneFree())) return { trials, ended: 'out-of-reach' };
          skipped = true;
        }
        if (!first) continue;
        first = false;
        await workers.allDone();
        if (trials.length > 0 && trials.every(({ state }) => state === 'failed'))
          return { trials, ended: 'hopeless' };
      }
    },
    request.parallel ?? 1,
  );
}

/** Below so many there are no intervals to choose by. */
const fewestBlocks = 6;

function furtherNote(trials: number, blocks: number): string {
  return `The budget left time for ${trials} further ${trials === 1 ? 'trial' : 'trials'} in ${blocks} ${blocks === 1 ? 'block' : 'blocks'}: of those arms whose intervals decide claims and were the widest. How many and of which arms was fixed before the first of them. Only comparisons that were open got more: their verdicts are those of a second look, false in up to 8 % of cases instead of 5 %.`;
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
