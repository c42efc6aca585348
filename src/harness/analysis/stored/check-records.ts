import { listed } from '../../../base/listed.ts';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../base/errors.ts';
import type { SampleColumns } from '../../results/sample-columns.ts';
import type { Run, Trial } from '../../results/schema.ts';
import { armIndex, armKey } from '../arms.ts';

/** The records of a run folder, all trials of them. */
export interface Records {
  folder: string;
  run: Run;
  trials: readonly Trial[];
  groups: readonly SampleColumns[];
}

/**
 * What does not fit between the files of a run, in sentences. A run that was killed may have samples of
 * trials that did not end; that is none.
 * @throws UserError if one of the files is missing or empty that the others tell of
 */
export function checkRecords({ folder, run, trials, groups }: Records): string[] {
  const samples = join(folder, 'samples.ndjson');
  const log = join(folder, 'trials.ndjson');
  const withSamples = trialsIn(groups);
  const known = new Set(trials.map(({ trial }) => trial));
  const completed = trials.flatMap(({ trial, state }) => (state === 'completed' ? [trial] : []));
  const ended = run.endedAt !== undefined;

  // Who was interrupted before the first trial ended leaves an empty file, but leaves one.
  if (ended && trials.length === 0 && (withSamples.size > 0 || !existsSync(log))) {
    throw missing(log, 'the trials of the run');
  }
  if (completed.length > 0 && withSamples.size === 0 && Object.keys(run.metrics).length > 0) {
    throw missing(samples, `the samples of ${completed.length} completed trials`);
  }
  const bare = completed.filter((trial) => !withSamples.has(trial));
  const strange = ended ? [...withSamples].filter((trial) => !known.has(trial)) : [];
  const arms = armIndex(run.arms);
  const foreign = [...trials, ...groups.map(({ labels }) => labels)]
    .map(({ arm }) => armKey(arm))
    .filter((key) => !arms.has(key));
  return [
    ...(bare.length === 0
      ? []
      : [`${samples}: no samples of ${listedTrials(bare)}, completed: was the file cut off?`]),
    ...(strange.length === 0
      ? []
      : [`${log}: no ${listedTrials(strange)}, of which there are samples: left out`]),
    ...(foreign.length === 0
      ? []
      : [
          `${folder}: records of arms that run.json does not have, such as ${foreign[0]}: left out`,
        ]),
  ];
}

function missing(where: string, expected: string): UserError {
  return new UserError({
    where,
    message: `expected ${expected}, got none: the file is missing or empty`,
    remedy: 'Put it back from a copy or a bundle of the run, or make the run again.',
  });
}

function trialsIn(groups: readonly SampleColumns[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { columns, length } of groups) {
    for (let row = 0; row < length; row++) found.add(columns.trial[row] as number);
  }
  return found;
}

/** `trial 7`, `trials 7, 8, 9 and 40 more`. */
function listedTrials(trials: readonly number[]): string {
  const shown = trials.toSorted((a, b) => a - b).map(String);
  return `${trials.length === 1 ? 'trial' : 'trials'} ${listed(shown, 3)}`;
}
