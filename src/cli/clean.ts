import type { Command } from 'commander';
import { clean } from '../platform/ledger/clean.ts';
import { formatCleanSummary } from '../platform/ledger/format-summary.ts';
import { stateDirectory } from '../platform/ledger/state-directory.ts';
import { exitCodes } from './exit-codes.ts';

/** `virtgauge clean` */
export function addClean(program: Command): void {
  program
    .command('clean')
    .description('remove what runs left behind that are no longer alive')
    .option('--json', 'print what was removed as JSON', false)
    .action(async ({ json }: { json: boolean }) => {
      const summary = await clean({ stateDirectory: stateDirectory() });
      if (json) console.log(JSON.stringify(summary));
      else for (const line of formatCleanSummary(summary)) console.log(line);
      const failed = summary.cleaned.some(({ failures }) => failures.length > 0);
      if (failed) process.exitCode = exitCodes.cannotStart;
    });
}
