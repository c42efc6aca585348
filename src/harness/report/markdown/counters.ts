import type { Analysis } from '../../analysis/analysis.ts';
import { armText } from '../../analysis/arms.ts';
import { bytesText } from '../../analysis/quantity.ts';
import {
  counterDetail,
  counterInterval,
  countersLegend,
  counterText,
  pageCounters,
} from '../../analysis/storage-use/page-counters.ts';
import { escapeMarkdown as text } from './escape-markdown.ts';
import { badgeLine, markdownTable } from './table.ts';

/** The blocks of the section on what the clients of the storages counted; none where they cannot. */
export function countersMarkdown({ run, counters, badges }: Analysis): string[] {
  const tables = pageCounters(counters);
  if (tables.length === 0) return [];
  return [
    '## What the storage’s clients moved',
    ...badgeLine(badges),
    text(`${countersLegend} All counters: tables/storage-counters.csv.`),
    ...tables.map((one) =>
      markdownTable(
        [`on ${one.storage}`, 'n', 'guests read', 'guests wrote', ...one.counters],
        one.rows.map(({ arm, n, read, written, cells }) => [
          armText(run.arms[arm] ?? {}),
          String(n),
          ...[read, written].map((bytes) =>
            bytes === undefined
              ? '–'
              : `${bytesText(Math.round(bytes.median))} (${counterInterval(bytes)})`,
          ),
          ...cells.map((cell) => {
            if (cell === undefined) return '–';
            const detail = counterDetail(cell, cells);
            const figure = `${counterText(cell.counter, cell.median)} (${counterInterval(cell, cell.counter)})`;
            return detail === undefined ? figure : `${figure}, ${detail}`;
          }),
        ]),
      ),
    ),
  ];
}
