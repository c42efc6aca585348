import { existsSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../base/errors.ts';
import { escapeControls } from '../base/yaml/printable.ts';
import type { Manifest } from '../harness/bundle/manifest.ts';
import { exitCodes } from './exit-codes.ts';
import { untilInterrupted } from './interruption.ts';

interface ReportOptions {
  merge: boolean;
  output?: string;
  with?: string[];
}

/** `virtgauge report RUN [--with IMPORT...]` and `virtgauge report --merge PART...` */
export function addReport(program: Command): void {
  program
    .command('report')
    .description('make the report of a run again, from its folder alone')
    .argument(
      '<run...>',
      'folder of the run, or a bundle; with --merge the folder of each of its parts',
    )
    .option('--merge', 'join the parts that run --shard has made, and report on the whole', false)
    .option(
      '--output <folder>',
      'folder for the whole (--merge; default: results/<run id>) or for what a bundle holds (default: its name)',
    )
    .option('--with <folder...>', 'imported runs to put beside it: see virtgauge import')
    .action(async (paths: string[], { merge, output, with: beside }: ReportOptions) => {
      const { isBundle } = await import('../harness/bundle/unpack-run.ts');
      const [first = ''] = paths;
      if (!merge && isBundle(first)) {
        process.exitCode = await reportOnBundle(onlyOne(paths), output, beside);
        return;
      }
      if (!merge && output !== undefined && existsSync(first)) throw outputOfRun(first);
      const path = merge ? await mergeParts(paths, output) : onlyOne(paths);
      const { writeReport } = await import('../harness/report/index.ts');
      const { page, ...told } = await writeReport(path, { ...(beside && { beside }) });
      sayAnswer(told);
      say(`report  ${relative('', page)}`);
    });
}

function outputOfRun(folder: string): UserError {
  return new UserError({
    where: '--output',
    message: `expected it with --merge or with a bundle, got it with the folder of a run, ${folder}`,
    remedy: `Leave it out: the report is made in ${join(folder, 'report')}.`,
  });
}

function sayAnswer(told: { answer: readonly string[]; labels: readonly string[] }): void {
  for (const sentence of told.answer) say(sentence);
  if (told.labels.length > 0) say(`labels  ${told.labels.join(' · ')}`);
}

/** One line, whatever the names in it are: they come from the run folder or the bundle. */
function say(line: string): void {
  console.log(escapeControls(line));
}

/** Unpacks it, makes the report again, and says whether it is the one that was packed. */
async function reportOnBundle(
  bundle: string,
  output = basename(bundle).replace(/\.(tar\.gz|tgz)$/, '.run'),
  beside: readonly string[] | undefined,
): Promise<number> {
  const { unpackFor } = await import('../harness/bundle/unpack-run.ts');
  const { comparePacked, removePackedReport } = await import('../harness/bundle/packed-report.ts');
  const { ownVersion } = await import('../harness/results/own-version.ts');
  const { writeReport } = await import('../harness/report/index.ts');
  const { packedText } = await import('./packed-text.ts');
  return untilInterrupted(async (signal) => {
    const make = async (manifest: Manifest) => {
      removePackedReport(output);
      const made = await writeReport(output, { signal, ...(beside && { beside }) });
      return { ...made, manifest, differences: comparePacked(output, manifest) };
    };
    const { page, manifest, differences, ...told } = await unpackFor(bundle, output, make, signal);
    sayAnswer(told);
    if (beside === undefined) {
      for (const line of packedText(differences, manifest.virtgauge, ownVersion())) {
        say(line);
      }
    }
    say(`report  ${relative('', page)}`);
    return exitCodes.good;
  }, 'nothing of it is left');
}

function onlyOne(paths: readonly string[]): string {
  const [path = '', ...others] = paths;
  if (others.length === 0) return path;
  throw new UserError({
    message: `expected the folder of one run, got ${paths.length}`,
    remedy: 'To join the parts of one run: --merge.',
  });
}

/** @returns the folder of the whole */
async function mergeParts(paths: readonly string[], output: string | undefined): Promise<string> {
  const { readParts } = await import('../harness/merge/merge-runs.ts');
  const { writeMerged } = await import('../harness/merge/write-merged.ts');
  const { createRunFolder } = await import('../harness/results/run-folder.ts');
  const merged = readParts(paths);
  for (const gap of merged.gaps) console.error(escapeControls(gap));
  const folder = createRunFolder({ output, id: merged.run.id });
  try {
    writeMerged(merged, folder);
    return folder.path;
  } finally {
    folder.close();
  }
}
