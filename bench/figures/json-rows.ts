import type { Row, Spread } from '../benchmark.ts';

/** One row of the file that `--json` writes. */
export interface JsonRow {
  name: string;
  ours: number;
  /** null where there is nothing to compare with; `ratio` likewise. */
  other: number | null;
  /** Of `ours` and `other`. */
  unit: string;
  /** The third column of the table: the ratios ours / other, or the differences in `unit`. */
  ratio: Spread | null;
  pairs: number;
  /** null where there is none. */
  goal: string | null;
  /** true: met. false: short. null: inconclusive, or no goal. */
  met: boolean | null;
}

/** The rows of the table as JSON has them. */
export function jsonRows(rows: readonly Row[]): JsonRow[] {
  return rows.map(({ name, ours, other, unit, comparison, pairs, goal, outcome }) => ({
    name,
    ours,
    other: other ?? null,
    unit,
    ratio: comparison
      ? { min: comparison.min, median: comparison.median, max: comparison.max }
      : null,
    pairs,
    goal: goal ?? null,
    met: outcome === 'met' ? true : outcome === 'short' ? false : null,
  }));
}
