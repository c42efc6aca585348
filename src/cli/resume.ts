import type { Command } from 'commander';
import { formatCleanSummary } from '../platform/ledger/format-summary.ts';
import { cleanRun, isIncomplete } from '../platform/ledger/clean.ts';
import { stateDirectory } from '../platform/ledger/state-directory.ts';
import { openRunFolder } from '../harness/results/run-folder.ts';
import type { Arm, Run } from '../harness/results/schema.ts';
import { expandArms, type Matrix } from '../harness/scenario/matrix.ts';
import { restoreScenario } from '../harness/scenario/restore.ts';
import { executeRun } from './execute-run.ts';
import { withHostOptions, type HostOptions } from './host-options.ts';
import { withRunningOptions, type RunningOptions } from './running-options.ts';

interface ResumeOptions extends HostOptions, RunningOptions {
  retryFailed: boolean;
  otherHosts: boolean;
}

/** `virtgauge resume RUN` */
export function addResume(program: Command): void {
  const command = program
    .command('resume')
    .description('continue a run that was killed or interrupted, where it began')
    .argument('<run>', 'folder of the run');
  withHostOptions(command)
    .option('--retry-failed', 'do failed trials again', false)
    .option('--other-hosts', 'go on although hosts or versions differ; the report tells', false);
  withRunningOptions(command).action(async (path: string, options: ResumeOptions) => {
    const { folder, run, trials: done } = openRunFolder(path);
    const trials = options.retryFailed ? done.filter(({ state }) => state !== 'failed') : done;
    const cleaned = await cleanRun(stateDirectory(), run.id);
    if (!options.json || isIncomplete(cleaned)) {
      for (const line of formatCleanSummary(cleaned)) console.error(line);
    }
    const scenario = restoreScenario(run.scenario, `${path}/run.json`);
    if (options.hosts !== undefined) scenario.hosts = options.hosts;
    process.exitCode = await executeRun(
      {
        ...{ scenario, source: run.source, overrides: run.overrides, seed: run.seed, folder },
        matrix: armsOf(run, expandArms(scenario)),
        previous: { run, trials },
        otherHosts: options.otherHosts,
        shard: run.shard,
      },
      { ...options, writeBudget: options.writeBudget ?? run.writes?.limit },
    );
  });
}

/** The arms that the run began with: a filter may have left some out. */
function armsOf(run: Run, { arms }: Matrix): Matrix {
  const name = (arm: Arm) => JSON.stringify(arm);
  const begun = new Set(run.arms.map(name));
  return { factors: run.factors, arms: arms.filter(({ arm }) => begun.has(name(arm))) };
}
