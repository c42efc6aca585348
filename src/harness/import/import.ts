import { rmSync, writeFileSync } from 'node:fs';
import { UserError } from '../../base/errors.ts';
import { expectName } from '../../base/name.ts';
import type { Provenance } from '../results/provenance.ts';
import { createRunFolder } from '../results/run-folder.ts';
import { ownVersion } from '../results/own-version.ts';
import { importedRun } from './imported-run.ts';
import { parseLevels } from './level.ts';
import { readFiles } from './read-files.ts';

export interface ImportOptions {
  files: readonly string[];
  /** What the system is called in tables and pictures. */
  name: string;
  provenance: Provenance;
  /** `FACTOR=LEVEL`, for all figures. */
  levels: readonly string[];
  /** Exactly this folder, absent or empty; by default one below `results/`. */
  output: string | undefined;
  now: Date;
}

/**
 * Makes a run folder of results that were measured elsewhere. Everything is read and checked first:
 * nothing is left where something is wrong.
 * @throws UserError
 */
export function importResults({ files, name, provenance, levels, output, now }: ImportOptions) {
  expectName(name, '--as');
  const read = readFiles(files, parseLevels(levels));
  const virtgauge = ownVersion();
  const { run, trials } = importedRun({ ...read, name, provenance, levels, now, virtgauge });
  const folder = createRunFolder({ output, id: run.id });
  try {
    for (const { name: file, text } of read.files) writeFileSync(folder.artifact(file), text);
    writeFileSync(folder.artifact('provenance.yaml'), provenanceText(provenance));
    for (const { trial, samples } of trials) folder.appendTrial(trial, samples);
    folder.writeRun({ ...run, id: folder.id });
    folder.close();
  } catch (error) {
    folder.close();
    rmSync(folder.path, { recursive: true, force: true });
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    const message = `the import cannot be written there (${(error as Error).message})`;
    throw new UserError({ where: folder.path, message }, { cause: error });
  }
  return { path: folder.path, run, figures: read.figures.length, trials: trials.length };
}

/** JSON is YAML: it is read again by `--provenance`. */
function provenanceText(provenance: Provenance): string {
  return `${JSON.stringify(provenance, null, 2)}\n`;
}
