import { type Gate, gateOutcome, type GateRow } from '../../analysis/gate/gate.ts';
import {
  againstText,
  changeText,
  gateHeadline,
  rowCells,
  rowHeader,
  sortedRows,
  verdictWords,
} from '../../analysis/gate/texts.ts';
import { escapeMarkdown as text } from '../markdown/escape-markdown.ts';
import { badgeLine, markdownTable } from '../markdown/table.ts';
import type { GateExporter } from './gate-exporter.ts';

/** Rows that stand open in a comment; the others are folded away. */
const isOpen = (verdict: string) => verdict === 'regression' || verdict === 'improvement';

/** A summary for a pull request. */
export const gateMarkdown: GateExporter = (gate) => [
  { path: 'gate.md', content: [`${blocks(gate).join('\n\n')}\n`] },
];

function blocks(gate: Gate): string[] {
  const rows = sortedRows(gate.rows);
  const table = (some: typeof rows) =>
    markdownTable(
      rowHeader,
      some.map((row) => rowCells(row)),
    );
  const open = rows.filter(({ verdict }) => isOpen(verdict));
  const rest = rows.filter(({ verdict }) => !isOpen(verdict));
  const marks = { good: '✅', regression: '❌', inconclusive: '❔' };
  return [
    `### ${marks[gateOutcome(gate)]} ${text(gateHeadline(gate))}`,
    ...badgeLine(gate.labels),
    text(againstText(gate)),
    ...(gate.differences.length === 0
      ? []
      : [
          `**Environment differs${gate.blocked ? ', so there is no verdict' : ''}:**`,
          gate.differences.map((one) => `- ${text(one)}`).join('\n'),
        ]),
    ...(open.length === 0 ? [] : [table(open)]),
    ...(rest.length === 0
      ? []
      : [`<details><summary>${restText(rest)}</summary>\n\n${table(rest)}\n\n</details>`]),
    ...noteList([...gate.rows.flatMap(changeText), ...gate.notes]),
    ...(gate.confirm === undefined
      ? []
      : [`To confirm:\n\n    ${gate.confirm.replace(/\s+/g, ' ')}`]),
  ];
}

function noteList(notes: readonly string[]): string[] {
  return notes.length === 0 ? [] : [notes.map((note) => `- ${text(note)}`).join('\n')];
}

/** `17 no regression, 2 inconclusive` */
function restText(rows: readonly GateRow[]): string {
  const verdicts = [...new Set(rows.map(({ verdict }) => verdict))];
  return verdicts
    .map((one) => `${rows.filter(({ verdict }) => verdict === one).length} ${verdictWords(one)}`)
    .join(', ');
}
