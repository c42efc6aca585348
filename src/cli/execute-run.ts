import { relative } from 'node:path';
import { monotonicClock } from '../base/clock.ts';
import { cacheDirectory } from '../platform/guest/image/cache.ts';
import { openLedger } from '../platform/ledger/ledger.ts';
import { stateDirectory } from '../platform/ledger/state-directory.ts';
import type { RunFolder } from '../harness/results/run-folder.ts';
import { runScenario, type RunRequest, type RunResult } from '../harness/runner/run.ts';
import { exitCodes } from './exit-codes.ts';
import { inventoryOf } from './host-options.ts';
import { Interrupted, withInterruption } from './interruption.ts';
import { jobBudget } from './job-budget.ts';
import { createView } from './progress/view.ts';
import { runSummary } from './run-summary.ts';

type What = Pick<
  RunRequest,
  | 'scenario'
  | 'source'
  | 'overrides'
  | 'matrix'
  | 'seed'
  | 'folder'
  | 'previous'
  | 'otherHosts'
  | 'shard'
  | 'confirms'
>;

interface ExecuteOptions {
  budget?: number;
  writeBudget?: number | undefined;
  keep: boolean;
  report: boolean;
  json: boolean;
  parallel: number;
  /** What gets the summary; printed by default. */
  say?: (summary: string) => void;
}

/**
 * Runs or resumes, shows progress, writes the report, says how it went.
 * @returns the exit code
 */
export async function executeRun(what: What, options: ExecuteOptions): Promise<number> {
  const result = await withInterruption((signal) => perform(what, options, signal));
  if (result === undefined) return exitCodes.interrupted;
  const { path } = what.folder;
  const report = options.report ? await makeReport(path) : undefined;
  const say = options.say ?? ((summary: string) => console.log(summary));
  say(runSummary(result, relative('', path) || '.', report, options.json));
  return exitCode(result);
}

/** @returns undefined if it was interrupted, which it has told */
async function perform(
  what: What,
  options: ExecuteOptions,
  signal: AbortSignal,
): Promise<RunResult | undefined> {
  const { folder } = what;
  const view = createView(what, options.json);
  const extend = async (left: number) => {
    const { blocksToDecide } = await import('./blocks-to-decide.ts');
    return blocksToDecide(folder.path, left);
  };
  let begun = what.previous !== undefined;
  const left: string[] = [];
  try {
    const inventory = inventoryOf(what.scenario);
    const budget = options.budget ?? (await jobBudget(inventory, (line) => console.error(line)));
    return await view.during((onProgress) =>
      runScenario({
        ...what,
        ledger: openLedger({ stateDirectory: stateDirectory(), label: folder.id }),
        inventory,
        parallel: options.parallel,
        clock: monotonicClock,
        cache: cacheDirectory(process.env),
        budget,
        askedBudget: options.budget,
        writeBudget: options.writeBudget,
        ...(options.budget !== undefined && what.scenario.claims && { extend }),
        keep: options.keep,
        signal,
        onProgress(progress) {
          if (progress.type === 'planned') begun = true;
          if (progress.type === 'left-behind') left.push(`${progress.what}: ${progress.reason}`);
          onProgress(progress);
        },
      }),
    );
  } catch (error) {
    // Nothing was measured, so nothing is worth keeping.
    if (!begun) discard(folder);
    if (!(error instanceof Interrupted)) throw error;
    console.error(interruptedText(begun, left.length === 0, relative('', folder.path)));
    return undefined;
  } finally {
    folder.close();
    for (const line of left) console.error(`could not remove ${line}; later: virtgauge clean`);
  }
}

/** That it could not be removed is no reason to hide why it is not wanted. */
function discard(folder: RunFolder): void {
  try {
    folder.discard();
  } catch (error) {
    console.error(`could not remove ${folder.path}: ${(error as Error).message}`);
  }
}

async function makeReport(path: string): Promise<NonNullable<Parameters<typeof runSummary>[2]>> {
  const { writeReport } = await import('../harness/report/index.ts');
  return writeReport(path);
}

/** A trial that did not converge has its result. */
function exitCode({ trials, ended }: RunResult): number {
  const good =
    ended !== 'out-of-reach' &&
    trials.every(({ state }) => state === 'completed' || state === 'not-converged');
  return good ? exitCodes.good : exitCodes.someFailed;
}

function interruptedText(begun: boolean, clean: boolean, path: string): string {
  const torn = clean ? 'everything is torn down' : 'not everything could be removed';
  if (!begun) return `interrupted; ${clean ? 'nothing was started' : torn}`;
  return `interrupted; ${torn}\nto go on: virtgauge resume ${path}`;
}
