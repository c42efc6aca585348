import type { Analysis } from '../../harness/analysis/analysis.ts';
import type { Capacity, CapacityLine } from '../../harness/analysis/capacity/capacity.ts';
import {
  crossingSentence,
  guestBounds,
  guestsText,
  parameterBounds,
  parameterText,
  peakBounds,
  peakText,
  rangeText,
  withinCount,
} from '../../harness/analysis/capacity/texts.ts';
import { capacityWarnings } from '../../harness/analysis/capacity/warnings.ts';
import type { WhatIf } from './what-if-table.ts';
import { whatIfText } from './what-if-table.ts';
import { quantity, quantityWithInterval } from '../../harness/analysis/quantity.ts';
import { columns } from '../columns.ts';

/** What `virtgauge capacity` prints for people. */
export function capacityText(
  { run, badges }: Pick<Analysis, 'run' | 'badges'>,
  capacity: Capacity,
  { tables, jobs }: { tables: readonly WhatIf[]; jobs: readonly string[] },
): string {
  const { job, limits, lines, crossings } = capacity;
  const others = jobs.filter((name) => name !== job);
  const head = [
    `${run.id} · guest-io ${job}${others.length === 0 ? '' : ` (--job for ${others.join(', ')})`}`,
    ...(badges.length === 0 ? [] : [badges.join(' · ')]),
    limits.length === 0
      ? 'no limit is stated: add one, such as --limit p99=20ms'
      : `limits: ${limits.map(({ text }) => text).join('; ')}`,
  ];
  const within = lines.filter(({ all }) => all !== undefined);
  const warnings = capacityWarnings(capacity);
  return [
    head,
    within.length === 0 ? [] : columns(withinRows(within)),
    columns(lawRows(lines)),
    crossings.map((crossing) => crossingSentence(capacity, crossing)),
    ...tables.map((table) => whatIfText(table, capacity)),
    warnings.map((warning) => `! ${warning}`),
  ]
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n');
}

function withinRows(lines: readonly CapacityLine[]): string[][] {
  const shared = lines.some(({ hosts }) => hosts > 1);
  const heads = ['guests within the limits', '', ...(shared ? ['a host'] : []), '95 % interval'];
  return [
    [...heads, 'measured', 'first limit broken'],
    ...lines.map((line) => {
      const { text, all, hosts } = line;
      const guests = all?.guests ?? NaN;
      const known = guests > 0 && guests < Infinity;
      return [
        `  ${text}`,
        all === undefined
          ? '–'
          : `${withinCount(all, line)}${known ? ` (${guestsText(guests)})` : ''}`,
        ...(shared ? [known ? guestsText(Math.floor((10 * guests) / hosts) / 10) : '–'] : []),
        guestBounds(all?.interval, line),
        rangeText(line),
        all?.first?.text ?? 'none in the range',
      ];
    }),
  ];
}

/** Two rows a line: estimates, and under them their intervals. */
function lawRows(lines: readonly CapacityLine[]): string[][] {
  const rows = lines.flatMap(({ text, law }) => {
    if (law === undefined) return [[`  ${text}`, 'no curve below 3 numbers of guests']];
    const { lambda, sigma, kappa } = law;
    const bounds =
      lambda.interval === undefined
        ? 'no interval'
        : quantityWithInterval(lambda.value, lambda.interval, 'B/s').interval;
    return [
      [
        `  ${text}`,
        quantity(lambda.value, 'B/s'),
        parameterText(sigma.value),
        parameterText(kappa.value),
        peakText(law),
      ],
      lambda.interval === undefined
        ? ['', 'no interval']
        : ['', bounds, parameterBounds(sigma), parameterBounds(kappa), peakBounds(law)],
    ];
  });
  return [
    ['Universal Scalability Law', 'one guest (λ)', 'contention σ', 'coherency κ', 'peak'],
    ...rows,
  ];
}
