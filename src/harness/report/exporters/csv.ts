import { stringify } from 'csv-stringify/sync';

/** What a cell may hold; undefined leaves it empty. */
export type Cell = string | number | boolean | undefined;

/**
 * Rows as CSV (RFC 4180, newline `\n`). Text that a spreadsheet would take for a formula gets an
 * apostrophe in front.
 */
export function csv(rows: readonly (readonly Cell[])[]): string {
  return stringify(rows as Cell[][], {
    escape_formulas: true,
    cast: { boolean: String, number: String },
  });
}
