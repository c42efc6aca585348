import type { Analysis } from '../../analysis/analysis.ts';
import { claimsTable } from './claims-csv.ts';
import { comparisonTable } from './comparison-csv.ts';
import { decompositionTable } from './decomposition-csv.ts';
import { effectsTable } from './effects-csv.ts';
import { outagesTable } from './outages-csv.ts';
import { powerCutsTable } from './power-cuts-csv.ts';
import { samplesTable } from './samples-csv.ts';
import { countersTable } from './storage-counters-csv.ts';
import { summaryTable } from './summary-csv.ts';
import { trialsTable } from './trials-csv.ts';

/** A table of the report as a CSV file. */
export interface Table {
  file: string;
  /** What stands in it. */
  about: string;
  /** Whether the run has anything for it; by default it has. */
  applies?: (analysis: Analysis) => boolean;
  /** The text, in pieces, header first. */
  write: (analysis: Analysis) => Iterable<string>;
}

/** All tables. A new one is a file and a line here. */
const tables: readonly Table[] = [
  summaryTable,
  claimsTable,
  comparisonTable,
  effectsTable,
  decompositionTable,
  outagesTable,
  powerCutsTable,
  countersTable,
  trialsTable,
  samplesTable,
];

/** The tables of a run. */
export function tablesOf(analysis: Analysis): Table[] {
  return tables.filter(({ applies }) => applies === undefined || applies(analysis));
}
