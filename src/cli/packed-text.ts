import { listed } from '../base/listed.ts';
import type { PackedDifferences } from '../harness/bundle/packed-report.ts';

/** Files that are named one by one. */
const most = 10;

/**
 * What is to be said of a report that was made again from a bundle; one line each.
 * @param packed version of virtgauge that has packed it
 * @param own the one that has made it again
 */
export function packedText(
  { otherwise, notMade, added }: PackedDifferences,
  packed: string,
  own: string,
): string[] {
  if ([otherwise, notMade, added].every(({ length }) => length === 0)) {
    return [`the report is, byte for byte, the one that was packed by virtgauge ${packed}`];
  }
  return [
    `the report is not the one that was packed by virtgauge ${packed}; virtgauge ${own} has`,
    ...line('  made otherwise', otherwise),
    ...line('  not made, and left out,', notMade),
    ...line('  added', added),
  ];
}

/** `  added 2 files: report/a, report/b` */
function line(done: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const files = names.length === 1 ? 'file' : 'files';
  return [`${done} ${names.length} ${files}: ${listed(names, most)}`];
}
