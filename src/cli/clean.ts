import type { Command } from 'commander';
import { clean } from '../platform/ledger/clean.ts';
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
      const gone = labs ? await removeLabs() : [];
      const summary = await clean({ stateDirectory: stateDirectory() });
      const lines = [...gone.map((name) => `lab ${name} is gone`), ...formatCleanSummary(summary)];
      console.log(json ? JSON.stringify({ ...summary, labs: gone }) : lines.join('\n'));
      const failed = summary.cleaned.some(({ failures }) => failures.length > 0);
      if (failed) process.exitCode = exitCodes.cannotStart;
    });
}

async function removeLabs(): Promise<string[]> {
  const names = labNames(stateDirectory());
  for (const name of names) await labDown({ stateDirectory: stateDirectory(), name });
  return names;
}
