import type { Row } from '../benchmark.ts';
import { numberText } from './number-text.ts';

const headings = [
  'name',
  'ours',
  'the other',
  'min / median / max over the pairs',
  'pairs',
  'goal',
  '',
];

/** The rows as a table for a terminal, the notes below it. */
export function tableText(rows: readonly Row[]): string {
  const cells = [headings, ...rows.map(rowCells)];
  const widths = headings.map((_, column) =>
    Math.max(...cells.map((line) => (line[column] ?? '').length)),
  );
  const lines = cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const notes = rows.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}`]));
  return [...lines, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

function rowCells({ name, unit, ours, other, comparison, pairs, goal, outcome }: Row): string[] {
  return [
    name,
    `${numberText(ours)} ${unit}`,
    other === undefined ? '–' : `${numberText(other)} ${unit}`,
    comparison === undefined ? '–' : comparisonText(comparison, unit),
    String(pairs),
    goal ?? '–',
    outcome ?? '',
  ];
}

function comparisonText(
  { as, min, median, max }: NonNullable<Row['comparison']>,
  unit: string,
): string {
  const digits = [min, median, max].map((value) =>
    as === 'ratio' ? value.toFixed(3) : numberText(value),
  );
  return `${digits.join(' / ')} ${as === 'ratio' ? '×' : unit}`;
}
