import { armText } from '../arms.ts';
import { quantity, ratioText, ratioWithInterval } from '../quantity.ts';
import { type Gate, gateOutcome, type GateRow } from './gate.ts';
import type { GateVerdict } from './gate-verdict.ts';

const order: readonly GateVerdict[] = [
  'regression',
  'improvement',
  'inconclusive',
  'not-comparable',
  'no-regression',
];

/** Regressions first; inside a verdict the greatest change first. */
export function sortedRows(rows: readonly GateRow[]): GateRow[] {
  const size = ({ ratio }: GateRow) => Math.abs(Math.log(ratio?.estimate ?? 1));
  return [...rows].sort(
    (a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict) || size(b) - size(a),
  );
}

export function verdictWords(verdict: GateVerdict): string {
  return verdict.replace('-', ' ');
}

/** `regression, confirmed`; `inconclusive, was suspected`. */
function rowVerdict({ verdict, again }: GateRow): string {
  const words = verdictWords(verdict);
  if (again === undefined) return words;
  return again === 'confirmed' ? `${words}, confirmed` : `${words}, was suspected`;
}

/** `lustre-kvm: 2 regressions, 1 improvement, 17 figures without a change`. */
export function gateHeadline(gate: Gate): string {
  const count = (verdict: GateVerdict) => gate.rows.filter((row) => row.verdict === verdict).length;
  const some = (number: number, one: string, several: string) =>
    number === 0 ? [] : [`${number} ${number === 1 ? one : several}`];
  if (gate.blocked) return `${gate.scenario}: no verdict, the environment differs`;
  const parts = [
    ...some(count('regression'), 'regression', 'regressions'),
    ...some(count('improvement'), 'improvement', 'improvements'),
    ...some(count('inconclusive'), 'figure inconclusive', 'figures inconclusive'),
    ...some(count('not-comparable'), 'figure not comparable', 'figures not comparable'),
    ...some(count('no-regression'), 'figure without regression', 'figures without regression'),
  ];
  const nothing = gateOutcome(gate) === 'inconclusive' ? 'nothing to compare' : 'nothing';
  return `${gate.scenario}: ${parts.join(', ') || nothing}`;
}

/** What was compared with what, and how the figures are to be read. */
export function againstText({ runs, against, margin, familyError, confidence }: Gate): string {
  const own = runs.length === 1 ? (runs[0] ?? '') : `${runs.length} runs (${runs.join(', ')})`;
  const other =
    against.kind === 'history'
      ? `${own} against ${against.runs.length} earlier ${against.runs.length === 1 ? 'run' : 'runs'}; the noise is the variance between these`
      : `${against.now} against ${against.before}, interleaved in ${own}`;
  const percent = `±${round(margin * 100)} %`;
  return `${other}. A change counts where its interval excludes 1 and reaches past ${percent}. Intervals hold at ${round(confidence * 100, 4)} % each, so that the chance of any false alarm among all figures is at most ${round(familyError * 100)} %.`;
}

export const rowHeader = ['figure', 'arm', 'verdict', 'now', 'before', 'ratio', 'n'];

/** The cells under `rowHeader`. */
export function rowCells(row: GateRow) {
  const { figure, arm, now, before, ratio, n, metric, why } = row;
  const value = (one: number | undefined) => (one === undefined ? '–' : quantity(one, metric.unit));
  return [
    ...[figure, armText(arm), rowVerdict(row), value(now), value(before)],
    `${ratioCell(ratio)}${why === undefined ? '' : ` (${why})`}`,
    String(n),
  ];
}

/** `regression: 3.42 s against 3.1 s, ratio 1.10, 1.06–1.15, n = 8`. */
export function rowText(row: GateRow): string {
  const [, , verdict = '', now = '', before = '', ratio = ''] = rowCells(row);
  return `${verdict}: ${now} against ${before}, ratio ${ratio}, n = ${row.n}`;
}

function ratioCell(ratio: GateRow['ratio']): string {
  if (ratio === undefined) return '–';
  const { estimate, interval } = ratio;
  return interval === undefined
    ? `${ratioText(estimate)}, no interval`
    : ratioWithInterval(estimate, interval.low, interval.high);
}

/** Where the history of a figure changed. */
export function changeText({ figure, arm, changes }: GateRow): string[] {
  return changes.map(
    ({ run, p }) =>
      `${figure}, ${armText(arm)}: the level of the earlier runs changed with ${run} (p = ${p.toPrecision(2)}).`,
  );
}

function round(value: number, decimals = 2): string {
  return String(Number(value.toFixed(decimals)));
}
