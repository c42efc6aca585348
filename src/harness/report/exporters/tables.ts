import type { Analysis } from '../../analysis/analysis.ts';
import { comparisonTable } from './comparison-csv.ts';
import { effectsTable } from './effects-csv.ts';
import { samplesTable } from './samples-csv.ts';
import { summaryTable } from './summary-csv.ts';
import { trialsTable } from './trials-csv.ts';

/** A table of the report as a CSV file. */
export interface Table {
  file: string;
  /** What stands in it. */
  about: string;
  /** The text, in pieces, header first. */
  write: (analysis: Analysis) => Iterable<string>;
}

/** All tables. A new one is a file and a line here. */
export const tables: readonly Table[] = [
  summaryTable,
  comparisonTable,
  effectsTable,
  trialsTable,
  samplesTable,
];
