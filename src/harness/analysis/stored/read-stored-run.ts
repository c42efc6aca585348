import { join } from 'node:path';
import { readSamples } from '../../results/read-samples.ts';
import { readTrials } from '../../results/read-trials.ts';
import { readRun } from '../../results/run-file.ts';
import type { Kind, Run, Trial } from '../../results/schema.ts';
import { countedTrials } from '../counted-trials.ts';
import { buildSeries, type Series } from '../series.ts';
import { checkRecords } from './check-records.ts';

/** A run as it lies in a folder, with its figures trial by trial. */
export interface StoredRun {
  folder: string;
  run: Run;
  /** The trials that count. */
  trials: readonly Trial[];
  /** With the arms of the run, under the names that its scenario gives them. */
  series: Series[];
  kinds: ReadonlySet<Kind>;
  /** What was tolerated while reading, and what does not fit between its files. */
  warnings?: readonly string[];
}

/**
 * Reads the folder of a run.
 * @throws UserError if it is none, is damaged, lacks a file, or is of another schema
 */
export function readStoredRun(folder: string): StoredRun {
  const run = readRun(folder);
  const all = readTrials(folder);
  const { groups, warnings } = readSamples(join(folder, 'samples.ndjson'));
  const misfits = checkRecords({ folder, run, trials: all, groups });
  const { counted: trials } = countedTrials(all);
  const series = buildSeries(run, trials, groups);
  return {
    ...{ folder, run, trials, series },
    kinds: new Set(series.map(({ key }) => key.kind)),
    warnings: [...warnings, ...misfits],
  };
}
