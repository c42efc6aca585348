import type { ObserverError } from '../../harness/observe/calibration/summary.ts';
import { columns } from '../columns.ts';
import type { CalibrationFound } from './run-calibration.ts';

const headings = [
  'pause',
  'observer',
  'n',
  'bias',
  '95 %',
  '|error|',
  'p95',
  'resolution',
  'floor',
];
const kinds = { stop: 'CPUs held', cut: 'link cut' } as const;

type About = Pick<
  CalibrationFound,
  'environment' | 'on' | 'watchedFrom' | 'notCut' | 'standIn' | 'warnings'
> & { pauses: readonly number[]; times: number };

/** The calibration for people. */
export function calibrationText(observers: readonly ObserverError[], about: About): string {
  const { environment, on, watchedFrom, notCut, standIn, warnings, pauses, times } = about;
  const { accelerator } = environment;
  const badges = [
    `under ${accelerator?.name ?? 'an unknown accelerator'}${accelerator?.emulated ? ' (emulated)' : ''}`,
    ...(standIn === undefined ? [] : [`hosts are ${standIn}`]),
  ];
  const lengths = pauses.map((length) => `${Number((length * 1000).toFixed(1))}`).join(', ');
  return [
    `known pauses of ${lengths} ms, each ${times} times; guest on ${on}, watched from ${watchedFrom}; ${badges.join('; ')}`,
    '',
    ...columns([headings, ...observers.map(cells)]),
    '',
    'bias: median of gap − pause, with its interval. |error|: median and 95th percentile of |gap − pause|.',
    'floor: longest gap while nothing happened. All in ms.',
    'After its CPUs were held, a guest first works off what came meanwhile: that is part of what the network sees.',
    ...(notCut === undefined ? [] : [`no link was cut: ${notCut}`]),
    ...observers
      .filter(({ interval }) => interval === undefined)
      .slice(0, 1)
      .map(() => 'fewer than 6 pauses give no interval: more by --times'),
    ...warnings,
  ].join('\n');
}

function cells(row: ObserverError): string[] {
  const { kind, observer, n, bias, interval, middle, spread, resolution, floor } = row;
  return [
    kinds[kind],
    observer,
    String(n),
    signed(bias),
    interval === undefined ? '–' : `${signed(interval.low)} to ${signed(interval.high)}`,
    ...[middle, spread, resolution, floor].map(milliseconds),
  ];
}

function milliseconds(seconds: number): string {
  const value = seconds * 1000;
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.01 || value === 0 ? 2 : 3);
}

function signed(seconds: number): string {
  return `${seconds < 0 ? '−' : '+'}${milliseconds(Math.abs(seconds))}`;
}
