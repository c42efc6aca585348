import type { Command } from 'commander';
import { clean, isIncomplete } from '../platform/ledger/clean.ts';
import { formatCleanSummary } from '../platform/ledger/format-summary.ts';
import { labDown, labNames } from '../platform/lab/index.ts';
import { stateDirectory } from '../platform/ledger/state-directory.ts';
import { exitCodes } from './exit-codes.ts';

/** `virtgauge clean` */
export function addClean(program: Command): void {
  program
    .command('clean')
    .description('remove what runs left behind that are no longer alive')
    .option('--labs', 'also remove every lab, whether in use or not', false)
    .option('--json', 'print what was removed as JSON', false)
    .action(async ({ labs, json }: { labs: boolean; json: boolean }) => {
      // First: what runs have left on the hosts of a lab goes with it.
      const { gone, kept } = labs ? await removeLabs() : { gone: [], kept: [] };
      const summary = await clean({ stateDirectory: stateDirectory() });
      const lines = [
        ...gone.map((name) => `lab ${name} is gone`),
        ...kept.map(({ name, reason }) => `not removed: lab ${name}: ${reason}`),
        ...formatCleanSummary(summary),
      ];
      console.log(
        json ? JSON.stringify({ ...summary, labs: gone, labsKept: kept }) : lines.join('\n'),
      );
      const failed = kept.length > 0 || isIncomplete(summary);
      if (failed) process.exitCode = exitCodes.cannotStart;
    });
}

/** One that cannot be removed does not keep the others. */
async function removeLabs() {
  const gone: string[] = [];
  const kept: { name: string; reason: string }[] = [];
  for (const name of labNames(stateDirectory())) {
    try {
      await labDown({ stateDirectory: stateDirectory(), name });
      gone.push(name);
    } catch (error) {
      kept.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { gone, kept };
}
