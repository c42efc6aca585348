import { stringify } from 'csv-stringify/sync';
import { visible } from '../html/template.ts';

/** What a cell may hold; undefined leaves it empty. */
export type Cell = string | number | boolean | undefined;

/**
 * Rows as CSV (RFC 4180, newline `\n`). Text that a spreadsheet would take for a formula gets an
 * apostrophe in front; control characters other than tab and newline, and what turns the direction of
 * text, become a visible sign, as on the page.
 */
export function csv(rows: readonly (readonly Cell[])[]): string {
  return stringify(rows as Cell[][], {
    escape_formulas: true,
    cast: { boolean: String, number: String, string: visible },
  });
}
