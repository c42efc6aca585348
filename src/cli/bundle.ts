import { basename, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../base/errors.ts';
import { exitCodes } from './exit-codes.ts';
import { untilInterrupted } from './interruption.ts';

/** `virtgauge bundle RUN` */
export function addBundle(program: Command): void {
  program
    .command('bundle')
    .description('pack a run with its report into one archive that report and claims read anywhere')
    .argument('<run>', 'folder of the run')
    .option('--output <file>', 'new archive to write (default: <name of the folder>.tar.gz)')
    .action(async (folder: string, { output }: { output?: string }) => {
      const target = output ?? `${basename(resolve(folder))}.tar.gz`;
      process.exitCode = await untilInterrupted(
        (signal) => perform(folder, target, signal),
        'no bundle was made',
      );
    });
}

async function perform(folder: string, target: string, signal: AbortSignal): Promise<number> {
  const { isBundle } = await import('../harness/bundle/unpack-run.ts');
  if (isBundle(folder)) {
    throw new UserError({
      where: folder,
      message: 'expected the folder of a run, got a file',
      remedy: 'What is packed already is read by virtgauge report and virtgauge claims.',
    });
  }
  const { writeReport } = await import('../harness/report/index.ts');
  const { checkPackable, writeBundle } = await import('../harness/bundle/write-bundle.ts');
  const { ownVersion } = await import('../harness/results/own-version.ts');
  const { formatBytes } = await import('../base/units.ts');
  // The report itself would be written through links.
  checkPackable(folder, target);
  // A bundle holds the report that its own version makes of it.
  await writeReport(folder, { signal });
  const { files, bytes } = await writeBundle(folder, target, ownVersion(), signal);
  console.log(`packed ${files} files, ${formatBytes(bytes)}`);
  console.log(`bundle  ${relative('', target)}`);
  return exitCodes.good;
}
