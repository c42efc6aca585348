import type { Gate } from '../../harness/analysis/gate/gate.ts';
import {
  againstText,
  changeText,
  gateHeadline,
  rowCells,
  rowHeader,
  sortedRows,
} from '../../harness/analysis/gate/texts.ts';
import { escapeControls } from '../../base/yaml/printable.ts';
import { columns } from '../columns.ts';

/** What is printed of a gate: what differs, then the figures, regressions first. */
export function gateText(gate: Gate): string {
  const lines = [
    gateHeadline(gate),
    ...(gate.labels.length === 0 ? [] : [gate.labels.join(' · ')]),
    againstText(gate),
    ...(gate.differences.length === 0
      ? []
      : [
          `environment${gate.blocked ? ', which forbids a verdict (--environment annotate)' : ''}:`,
        ]),
    ...gate.differences.map((one) => `  ${one}`),
    '',
    ...columns([rowHeader, ...sortedRows(gate.rows).map((row) => rowCells(row))]),
    ...[...gate.rows.flatMap(changeText), ...gate.notes].map((note) => `! ${note}`),
    ...(gate.confirm === undefined ? [] : [`to confirm:  ${gate.confirm}`]),
  ];
  return lines.map(escapeControls).join('\n');
}
