import type { CapacityLine } from '../../analysis/capacity/capacity.ts';
import type { Figure } from '../../analysis/capacity/figures.ts';
import { expectedThroughput } from '../../analysis/capacity/law.ts';
import type { Limit } from '../../analysis/capacity/limit.ts';
import { guestsText } from '../../analysis/capacity/texts.ts';
import { axisScale } from '../../analysis/quantity.ts';
import { panelTitle } from './chart.ts';
import { logTicks } from './log-ticks.ts';
import type { PanelSpec } from './timeline-panels.ts';
import { ink } from './theme.ts';

/** What all panels of the picture share. */
export interface PanelFrame {
  lines: readonly CapacityLine[];
  /** Colour of each line. */
  colours: readonly string[];
  width: number;
  height: number;
}

interface Row {
  line: string;
  guests: number;
  value: number;
  low?: number;
  high?: number;
}

interface Answer extends Row {
  label: string;
}

interface PanelContent {
  title: string;
  unit: string;
  /** Divide by it. */
  by: number;
  log: boolean;
  measured: readonly Row[];
  /** The line drawn; the points connected where there is none. */
  curve: readonly Row[];
  limit?: Limit | undefined;
  answers: readonly Answer[];
}

const steps = 60;

/** Throughput against guests: what was measured, the law with its band, its peak as a label. */
export function throughputPanel(frame: PanelFrame): PanelSpec {
  const { lines } = frame;
  const measured = lines.flatMap((line) => rowsOf(line, ({ throughput }) => throughput));
  const { by, unit } = axisScale(
    measured.map(({ value }) => value),
    'B/s',
  );
  const curve = lines.flatMap(({ text, law, levels }) => {
    if (law === undefined) return [];
    const [from, to] = [levels[0]?.guests ?? 1, levels.at(-1)?.guests ?? 1];
    return Array.from({ length: steps + 1 }, (_, step): Row => {
      const guests = from + ((to - from) * step) / steps;
      const { value, interval } = expectedThroughput(law, guests);
      return { line: text, guests, value, ...interval };
    });
  });
  const answers = lines.flatMap(({ text, law }) => {
    if (law?.peak === undefined) return [];
    const { guests, throughput } = law.peak;
    const label = `peak at ${guestsText(guests.value)}`;
    return [{ line: text, guests: guests.value, value: throughput.value, label }];
  });
  const title = 'Throughput of all guests together';
  return panel(frame, { title, unit, by, log: false, measured, curve, answers });
}

/** A figure with a limit against guests: the limit as a line, how many guests keep it as a label. */
export function limitPanel(
  frame: PanelFrame,
  title: string,
  figure: (level: CapacityLine['levels'][number]) => Figure | undefined,
  limit: Limit | undefined,
  isLatency: boolean,
): PanelSpec {
  const { lines } = frame;
  const measured = lines.flatMap((line) => rowsOf(line, figure));
  const bound = limit === undefined ? [] : [limit.bound];
  const unitOf = isLatency ? 's' : (limit?.unit ?? '1');
  const { by, unit } =
    unitOf === 'ratio'
      ? { by: 0.01, unit: '%' }
      : axisScale([...measured.map(({ value }) => value), ...bound], unitOf);
  const answers = lines.flatMap(({ text, within }) => {
    const answer = within.find((one) => one.limit.name === limit?.name)?.answer;
    if (limit === undefined || answer === undefined) return [];
    if (!(answer.guests > 0 && answer.guests < Infinity)) return [];
    const whole = Math.floor(answer.guests);
    const label = `${whole} ${whole === 1 ? 'guest' : 'guests'}`;
    return [{ line: text, guests: answer.guests, value: limit.bound, label }];
  });
  return panel(frame, {
    ...{ title, by, measured, limit, answers },
    unit: isLatency ? `${unit} (log scale)` : unit,
    log: isLatency,
    curve: [],
  });
}

function rowsOf(
  { text, levels }: CapacityLine,
  figure: (level: CapacityLine['levels'][number]) => Figure | undefined,
): Row[] {
  return levels.flatMap((level) => {
    const found = figure(level);
    if (found === undefined || !(found.median > 0) || found.median === Infinity) return [];
    const { median, interval } = found;
    const ends = interval !== undefined && interval.low > 0 && interval.high < Infinity;
    return [{ line: text, guests: level.guests, value: median, ...(ends ? interval : {}) }];
  });
}

function panel({ lines, colours, width, height }: PanelFrame, content: PanelContent): PanelSpec {
  const { title, unit, by, log, limit } = content;
  const scaled = <T extends Row>(rows: readonly T[]) =>
    rows.map((row) => ({
      ...row,
      value: row.value / by,
      ...(row.low === undefined || row.high === undefined
        ? {}
        : { low: row.low / by, high: row.high / by }),
    }));
  const measured = scaled(content.measured);
  const curve = scaled(content.curve);
  const bound = limit === undefined ? [] : [limit.bound / by];
  const values = [...measured, ...curve].flatMap(({ value, low = value, high = value }) => [
    low,
    high,
  ]);
  const all = [...values, ...bound];
  const [low, high] = [Math.min(...all) / 1.25, Math.max(...all) * 1.35];
  const levels = [
    ...new Set(lines.flatMap((line) => line.levels.map(({ guests }) => guests))),
  ].sort((a, b) => a - b);
  const y = {
    type: 'quantitative',
    title: unit,
    ...(log
      ? {
          scale: { type: 'log', domain: [low, high], nice: false },
          axis: { values: logTicks(low, high), minExtent: 30 },
        }
      : {
          scale: { zero: true, domainMin: 0, domainMax: Math.max(...all) * 1.12 },
          axis: { tickCount: 5, minExtent: 30 },
        }),
  };
  const names = lines.map(({ text }) => text);
  const legend =
    names.length === 1
      ? null
      : { columns: 4, symbolType: 'stroke', symbolOpacity: 1, symbolStrokeWidth: 2 };
  const colour = {
    field: 'line',
    type: 'nominal',
    scale: { domain: names, range: colours },
    legend,
  };
  const same = (one: string, index: number) =>
    colours.slice(0, index).filter((other) => other === one).length;
  const dash = {
    field: 'line',
    type: 'nominal',
    scale: {
      domain: names,
      range: colours.map((one, index) => dashes[same(one, index)] ?? [1, 0]),
    },
    legend,
  };
  const x = {
    field: 'guests',
    type: 'quantitative',
    title: 'guests',
    scale: { nice: false, zero: false, padding: 16 },
    axis: { values: levels, grid: false, labelOverlap: true },
  };
  return {
    title: panelTitle(title),
    ...{ width, height },
    layer: [
      ...(limit === undefined
        ? []
        : [
            {
              data: { values: [{ bound: limit.bound / by }] },
              mark: { type: 'rule', color: ink.light, strokeDash: [5, 3] },
              encoding: { y: { field: 'bound', ...y } },
            },
          ]),
      ...(curve.some(({ low: end }) => end !== undefined)
        ? [
            {
              data: { values: curve.filter(({ low: end }) => end !== undefined) },
              mark: { type: 'area', opacity: 0.18 },
              encoding: { x, y: { field: 'low', ...y }, y2: { field: 'high' }, color: colour },
            },
          ]
        : []),
      {
        data: { values: curve.length === 0 ? measured : curve },
        mark: { type: 'line', strokeWidth: 1.8 },
        encoding: { x, y: { field: 'value', ...y }, color: colour, strokeDash: dash },
      },
      {
        data: { values: measured.filter(({ low: end }) => end !== undefined) },
        mark: { type: 'rule', strokeWidth: 1.4 },
        encoding: { x, y: { field: 'low', ...y }, y2: { field: 'high' }, color: colour },
      },
      {
        data: { values: measured },
        mark: { type: 'point', filled: true, size: 36, opacity: 1 },
        encoding: { x, y: { field: 'value', ...y }, color: colour },
      },
      ...labels(scaled(content.answers), limit, levels, { x, y, colour }),
    ],
  };
}

const dashes = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
];

/**
 * Each answer: a ring where the line meets the limit (or the curve peaks), and its text where no line
 * runs: beside a line that rises through the limit above on the left and below on the right.
 */
function labels(
  answers: readonly Answer[],
  limit: Limit | undefined,
  levels: readonly number[],
  { x, y, colour }: { x: object; y: object; colour: object },
): PanelSpec[] {
  const at = { x, y: { field: 'value', ...y }, color: colour };
  const [least = 0, most = 1] = [levels[0], levels.at(-1)];
  const rings = {
    data: { values: answers },
    mark: { type: 'point', filled: false, size: 90, strokeWidth: 2, opacity: 1 },
    encoding: at,
  };
  const sides = answers.map(({ guests }) => (guests - least) / (most - least) > 0.4);
  const texts = answers.map((answer, index) => {
    const onLeft = sides[index] ?? true;
    const before = sides.slice(0, index).filter((side) => side === onLeft).length;
    const above = limit === undefined || (limit.breaks === 'above') === onLeft;
    const align = limit === undefined ? 'center' : onLeft ? 'right' : 'left';
    const dx = { center: 0, right: -9, left: 9 }[align];
    const step = above ? -14 : 14;
    const dy = step + before * step - (limit === undefined ? 6 : 0);
    return {
      data: { values: [answer] },
      mark: { type: 'text', align, dx, dy, fontSize: 11, fontWeight: 'bold' },
      encoding: { ...at, color: { value: ink.light }, text: { field: 'label' } },
    };
  });
  return answers.length === 0 ? [] : [rings, ...texts];
}
