import type { Command } from 'commander';
import { UserError } from '../base/errors.ts';

interface Options {
  metric?: string[];
  json: boolean;
}

/** `virtgauge compare RUN...` */
export function addCompare(program: Command): void {
  program
    .command('compare')
    .description('runs and imported results beside each other: what differs, then the figures')
    .argument('<run...>', 'folders of two runs or more; ratios are to the first')
    .option('--metric <name...>', 'figures to show (default: those of the summary)')
    .option('--json', 'print it as JSON', false)
    .action(async (folders: string[], { metric, json }: Options) => {
      if (folders.length < 2) {
        throw new UserError({
          message: `expected two runs or more, got ${folders.length}`,
          remedy: 'The arms of one run are compared in its report: virtgauge report RUN',
        });
      }
      const { readStoredRun } = await import('../harness/analysis/stored/read-stored-run.ts');
      const { compareRuns } = await import('../harness/analysis/compare/compare-runs.ts');
      const { compareText } = await import('./compare-text.ts');
      const { sayWarnings } = await import('./say-warnings.ts');
      const runs = folders.map(readStoredRun);
      sayWarnings(runs);
      const compared = compareRuns(runs, { metrics: metric });
      console.log(json ? JSON.stringify(compared, null, 2) : compareText(compared));
    });
}
