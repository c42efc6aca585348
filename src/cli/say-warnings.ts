import type { StoredRun } from '../harness/analysis/stored/read-stored-run.ts';

/** What was tolerated while runs were read, on stderr: stdout is for the result. */
export function sayWarnings(runs: readonly Pick<StoredRun, 'warnings'>[]): void {
  for (const text of runs.flatMap(({ warnings = [] }) => warnings)) {
    console.error(`warning: ${text}`);
  }
}
