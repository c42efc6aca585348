import { atFloor } from './at-floor.ts';
import { boundaries } from './boundaries.ts';
import { contaminated } from './contaminated.ts';
import { drift } from './drift.ts';
import { failures } from './failures.ts';
import { fewTrials } from './few-trials.ts';
import { missing } from './missing.ts';
import { notSteady } from './not-steady.ts';
import { notes } from './notes.ts';
import { outliers } from './outliers.ts';
import { resumed } from './resumed.ts';
import { storages } from './storages.ts';
import { trialWarnings } from './trial-warnings.ts';
import { writes } from './writes.ts';
import type { WarningInput, WarningKind } from './warning.ts';

const kinds: readonly WarningKind[] = [
  failures,
  fewTrials,
  contaminated,
  storages,
  atFloor,
  notSteady,
  drift,
  boundaries,
  outliers,
  missing,
  notes,
  writes,
  resumed,
  trialWarnings,
];

/** All warnings, those that weigh most first. */
export function warningsOf(input: WarningInput): string[] {
  return kinds.flatMap((kind) => kind(input));
}
