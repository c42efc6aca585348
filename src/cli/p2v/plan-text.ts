import { formatBitRate } from '../../base/bit-rate.ts';
import { formatBytes } from '../../base/units.ts';
import { durationText, quantity } from '../../harness/analysis/quantity.ts';
import type { Obstacle } from '../../platform/operations/convert/obstacles/index.ts';
import type { ConversionPlan, PlannedCrossover } from '../../platform/operations/convert/plan.ts';
import type { Premise } from '../../platform/operations/convert/premises.ts';
import { columns } from '../columns.ts';
import { sourceLines, targetLine } from './source-lines.ts';

/** What `virtgauge p2v plan` prints for people. */
export function planText(plan: ConversionPlan, standIn?: string): string {
  const { source, target, obstacles, predictions, premises, crossovers } = plan;
  return [
    [
      ...sourceLines(source),
      ...(target === undefined ? [] : [targetLine(target)]),
      ...(standIn === undefined ? [] : [`stand-in      the hosts are ${standIn}`]),
    ],
    predictions.length === 0 ? [] : methodLines(predictions),
    obstacleLines(obstacles),
    crossovers.map(crossoverSentence),
    premises.length === 0 ? [] : [assumedLine(premises)],
    predictions.length === 0
      ? []
      : ['foretold from these rates, not measured; nothing was changed'],
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function methodLines(predictions: ConversionPlan['predictions']): string[] {
  const rows = predictions.map(({ method, downtime, outages, total, moved, ...rest }) => {
    const { refused, notConverging } = rest;
    const phases = outages.map(({ phases }) =>
      phases.map(({ name, seconds }) => `${name} ${time(seconds)}`).join(', '),
    );
    const usable = refused.length === 0;
    return [
      `${usable ? ' ' : '-'} ${method}`,
      notConverging === undefined ? time(downtime) : `over ${time(downtime)}`,
      time(total),
      formatBytes(moved),
      usable ? phases.join(' + ') : `refused: ${refused.join(', ')}`,
      ...(usable && notConverging !== undefined ? [`does not converge: ${notConverging}`] : []),
    ];
  });
  const head = ['  method', 'downtime', 'total', 'over the link', 'outages'];
  const notes = rows.flatMap((row) =>
    row[5] === undefined ? [] : [`  ${(row[0] ?? '').trim()} ${row[5]}`],
  );
  return [...columns([head, ...rows.map((row) => row.slice(0, 5))]), ...notes];
}

/** What stands in the way first, then what changes the result. */
export function obstacleLines(obstacles: readonly Obstacle[]): string[] {
  const marks = { refused: '! refused', note: '  note   ' } as const;
  const order = ['refused', 'note'] as const;
  return order.flatMap((kind) =>
    obstacles
      .filter((obstacle) => obstacle.kind === kind)
      .flatMap(({ name, message, remedy, methods }) => [
        `${marks[kind]}  ${kind === 'refused' ? `${name} (${methods.length === 4 ? 'all methods' : methods.join(', ')}): ` : ''}${message}`,
        ...(remedy === undefined ? [] : [`             ${remedy}`]),
      ]),
  );
}

/** One of where a method begins to be the better one. */
export function crossoverSentence({ method, than, factor, from }: PlannedCrossover): string {
  const what =
    factor === 1
      ? `${method} is down for less than ${than}`
      : `${method} is down for at most ${Math.round(factor * 100)} % of ${than}`;
  if (from === 'always') return `${what} at any size.`;
  if (from === 'never') return `${what.replace(' is ', ' is not ')} at any size, at these rates.`;
  return `${what} from ${formatBytes(from.used)} used on.`;
}

const premiseNames: Partial<Record<Premise['name'], string>> = {
  link: 'link',
  read: "source's disk",
  write: "target's storage",
  dirtyRate: 'memory changed',
  boot: 'boot',
  kexec: 'kexec',
  stop: 'stop',
};

/** Only what was not measured and counts. */
function assumedLine(premises: readonly Premise[]): string {
  const assumed = premises.flatMap(({ name, value, basis, how }) => {
    const shown = premiseNames[name];
    if (basis === 'measured' || shown === undefined) return [];
    const figure =
      name === 'link'
        ? formatBitRate(value)
        : name === 'read' || name === 'write' || name === 'dirtyRate'
          ? quantity(value, 'B/s')
          : time(value);
    return [
      `${shown} ${figure}${basis === 'given' ? ' (given)' : how === undefined ? '' : ` (${how})`}`,
    ];
  });
  return `assumed       ${assumed.join(', ')}`;
}

function time(seconds: number): string {
  // No more digits than a prediction has.
  return seconds < 10 ? `${seconds.toFixed(1)} s` : durationText(seconds);
}
