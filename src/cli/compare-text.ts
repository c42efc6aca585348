import { escapeControls } from '../base/yaml/printable.ts';
import { armText } from '../harness/analysis/arms.ts';
import type { ComparedCell, ComparedRuns } from '../harness/analysis/compare/compare-runs.ts';
import { quantity, quantityWithInterval, ratioText } from '../harness/analysis/quantity.ts';
import { worstWord } from '../harness/analysis/summary.ts';
import { columns } from './columns.ts';

/** What differs between the runs first, then a table of the figures. */
export function compareText({ runs, differences, rows }: ComparedRuns): string {
  const names = runs.map((_, index) => runName(index));
  const measured = runs.filter(({ imported }) => !imported).length;
  const lines = [
    ...columns(
      runs.map(({ id, labels, imported }, index) => [
        runName(index),
        id,
        imported ? 'imported' : '',
        labels.join(' · '),
      ]),
    ),
    '',
    ...(differences.length === 0
      ? ['nothing that is known differs between where they were made']
      : columns([
          ['differs', ...names],
          ...differences.map(({ what, values }) => [what, ...values]),
        ])),
    '',
    ...columns([
      [
        'figure',
        'arm',
        ...names.flatMap((name, at) => (at === 0 ? [name] : [name, `/ ${runName(0)}`])),
      ],
      ...rows.map(({ figure, arm, metric, cells }) => [
        figure,
        armText(arm),
        ...cells.flatMap((cell, at) =>
          at === 0
            ? [cellText(cell, metric.unit)]
            : [
                cellText(cell, metric.unit),
                cell?.ratio === undefined ? '–' : ratioText(cell.ratio),
              ],
        ),
      ]),
    ]),
    '',
    'Medians with 95 % intervals inside each run. Ratios have none: how much two runs differ by chance',
    `is not known from one of each. ${measured > 5 ? 'virtgauge gate judges one against the others.' : 'virtgauge gate judges a run against 5 earlier ones or more.'}`,
    ...(runs.some(({ imported }) => imported)
      ? [
          'Imported figures stand as they were declared, without ratios: no system is better for them.',
        ]
      : []),
  ];
  return lines.map((line) => escapeControls(line)).join('\n');
}

function cellText(cell: ComparedCell | undefined, unit: string): string {
  if (cell === undefined) return '–';
  const { summary } = cell;
  const { median, interval, n } = summary;
  const worst = worstWord(summary);
  if (interval === undefined) return `${quantity(median, unit, worst)} (n = ${n})`;
  const shown = quantityWithInterval(median, interval, unit, worst);
  return `${shown.value} (${shown.interval}, n = ${n})`;
}

/** A, B, … Z, then 27, 28, … */
function runName(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : String(index + 1);
}
