import { escapeMarkdown as text } from './escape-markdown.ts';

/** A table in Markdown; rows that are too short end early. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) =>
    `| ${header.map((_, column) => text(cells[column] ?? '')).join(' | ')} |`;
  return [line(header), `|${' --- |'.repeat(header.length)}`, ...rows.map(line)].join('\n');
}

/** What is to be said of all data of the tables that follow; nothing where there is nothing. */
export function badgeLine(badges: readonly string[]): string[] {
  return badges.length === 0 ? [] : [`_${badges.map(text).join(' · ')}_`];
}
