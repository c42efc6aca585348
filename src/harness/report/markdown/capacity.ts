import type { Analysis } from '../../analysis/analysis.ts';
import type { CapacityLine } from '../../analysis/capacity/capacity.ts';
import {
  crossingSentence,
  guestBounds,
  parameterBounds,
  parameterText,
  peakBounds,
  peakText,
  withinCount,
} from '../../analysis/capacity/texts.ts';
import { capacityWarnings } from '../../analysis/capacity/warnings.ts';
import { quantity, quantityWithInterval } from '../../analysis/quantity.ts';
import { escapeMarkdown as text } from './escape-markdown.ts';
import { badgeLine, markdownTable } from './table.ts';

/** The blocks of the section on capacity; none where the run was not made to tell. */
export function capacityMarkdown({ capacity, badges }: Analysis): string[] {
  if (capacity === undefined) return [];
  const { job, limits, lines, crossings, blocks } = capacity;
  const stated = limits.map((limit) => limit.text).join('; ') || 'none stated (key limits)';
  const notes = [
    ...crossings.map((crossing) => crossingSentence(capacity, crossing)),
    ...capacityWarnings(capacity),
  ];
  return [
    '## Capacity',
    ...badgeLine(badges),
    text(
      `Job ${job}. Limits: ${stated}. 95 % intervals, from resampling n = ${blocks} whole blocks.`,
    ),
    markdownTable(
      [
        '',
        'guests within the limits',
        'first limit broken',
        'one guest (λ)',
        'contention σ',
        'coherency κ',
        'peak',
      ],
      lines.map((line) => [line.text, ...withinCells(line), ...lawCells(line)]),
    ),
    ...notes.map(text),
  ];
}

function withinCells(line: CapacityLine): string[] {
  const { all } = line;
  if (all === undefined) return ['–', '–'];
  const guests = `${withinCount(all, line)} (${guestBounds(all.interval, line)})`;
  return [guests, all.first?.text ?? 'none'];
}

function lawCells({ law }: CapacityLine): string[] {
  if (law === undefined) return ['no curve below 3 numbers of guests'];
  const { value, interval } = law.lambda;
  const bounds =
    interval === undefined ? 'no interval' : quantityWithInterval(value, interval, 'B/s').interval;
  return [
    `${quantity(value, 'B/s')} (${bounds})`,
    `${parameterText(law.sigma.value)} (${parameterBounds(law.sigma)})`,
    `${parameterText(law.kappa.value)} (${parameterBounds(law.kappa)})`,
    `${peakText(law)} (${peakBounds(law)})`,
  ];
}
