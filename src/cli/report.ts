import { relative } from 'node:path';
import type { Command } from 'commander';

/** `virtgauge report RUN` */
export function addReport(program: Command): void {
  program
    .command('report')
    .description('make the report of a run again, from its folder alone')
    .argument('<run>', 'folder of the run')
    .action(async (path: string) => {
      const { writeReport } = await import('../harness/report/index.ts');
      const { page, answer } = await writeReport(path);
      for (const sentence of answer) console.log(sentence);
      console.log(`report  ${relative('', page)}`);
    });
}
