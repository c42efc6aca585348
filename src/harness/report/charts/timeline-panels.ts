import { observers, type ObserverName } from '../../analysis/migration/observers.ts';
import type { Stretch, Timeline } from '../../analysis/migration/timeline.ts';
import { axisScale, quantity } from '../../analysis/quantity.ts';
import { textWidth } from './text-width.ts';
import { logTicks } from './log-ticks.ts';
import { accent, fainter, ink, phaseColours, quiet } from './theme.ts';

/** The one time axis of all panels. */
export interface TimeAxis {
  /** Pixels left of it. */
  room: number;
  width: number;
  title: string;
  x: { type: 'quantitative'; scale: { domain: number[]; nice: false; clamp: true } };
}

/** A panel; the last one has the axis. */
export type Panel = (last: boolean) => PanelSpec;

/** A part of a Vega-Lite concatenation, in whose types parts made by functions are hard to name. */
export type PanelSpec = object;

/** A stretch with what is marked in it. */
type Seen = Stretch & Pick<Timeline, 'phases' | 'marks' | 'downtimes'>;

const probesHeight = 150;
const rowHeight = 18;
const phaseNames = ['disk mirror', 'pre-copy', 'stopped', 'post-copy'] as const;
const phaseColour = [0, 1, 5, 4].map((index) => phaseColours[index]?.light ?? '');

const timeAxis = ({ x, title }: TimeAxis, last: boolean) => ({
  ...x,
  title: last ? title : null,
  axis: { labels: last, domain: last, tickCount: 10, grid: true },
});

const valueAxis = ({ room }: TimeAxis, title: string, count: number) => ({
  title,
  axis: { tickCount: count, minExtent: room, maxExtent: room, titleX: -48, grid: true },
});

/** The slowest answer in each short stretch of time, on a log scale; above, what was not answered. */
export function probesPanel(timeline: Seen, axis: TimeAxis, colour: string): Panel {
  const { probes, binWidth } = timeline;
  const answered = probes.flatMap(({ at, worst }) =>
    worst === undefined || !(worst > 0) ? [] : [{ at, worst: worst * 1000 }],
  );
  const lost = probes.filter(({ unanswered }) => unanswered > 0).map(({ at }) => ({ at }));
  const values = answered.map(({ worst }) => worst);
  const low = Math.min(1, ...values) / 1.3;
  const high = Math.max(10, ...values) * 3;
  return (last) => ({
    title: panelTitleAt(
      `slowest answer to the network's probes in each ${quantity(binWidth, 's')}; marks on top: probes without an answer`,
    ),
    width: axis.width,
    height: probesHeight,
    layer: [
      ...switchover(timeline, axis),
      {
        data: { values: answered },
        mark: { type: 'point', filled: true, size: 14, opacity: 0.8, color: colour },
        encoding: {
          x: { field: 'at', ...timeAxis(axis, last) },
          y: {
            field: 'worst',
            type: 'quantitative',
            scale: { type: 'log', domain: [low, high], nice: false },
            ...valueAxis(axis, 'ms (log scale)', 5),
            axis: { ...valueAxis(axis, '', 5).axis, values: logTicks(low, high) },
          },
        },
      },
      {
        data: { values: lost },
        mark: { type: 'tick', orient: 'vertical', thickness: 1.5, size: 9, color: ink.light },
        encoding: { x: { field: 'at', ...axis.x }, y: { value: 6 } },
      },
    ],
  });
}

/** Every outage as a bar, a row for each observer; beside it the longest. */
export function outagesPanel(timeline: Seen, axis: TimeAxis, seen: readonly ObserverName[]): Panel {
  const rows = seen.map((name) => observers[name].title);
  const bars = timeline.outages.map(({ observer, from, to }) => ({
    row: observers[observer].title,
    from,
    to,
  }));
  const labels = seen.map((name) => {
    const own = timeline.outages.filter(({ observer }) => observer === name);
    const longest = Math.max(0, ...own.map(({ from, to }) => to - from));
    const more = own.length > 1 ? ` +${own.length - 1}` : '';
    return {
      row: observers[name].title,
      label: own.length === 0 ? belowThreshold(timeline, name) : `${quantity(longest, 's')}${more}`,
    };
  });
  const y = {
    field: 'row',
    type: 'nominal',
    title: null,
    scale: { domain: rows },
    axis: { minExtent: axis.room, maxExtent: axis.room },
  };
  return (last) => ({
    title: panelTitleAt(
      'outages, by observer; the longest on the right, in brackets where it is too near the floor to be called one',
    ),
    width: axis.width,
    height: rows.length * rowHeight,
    layer: [
      ...switchover(timeline, axis),
      {
        data: { values: bars },
        mark: { type: 'bar', height: 9, color: accent.light },
        encoding: { y, x: { field: 'from', ...timeAxis(axis, last) }, x2: { field: 'to' } },
      },
      {
        // However short, it shall be seen.
        data: { values: bars },
        mark: { type: 'tick', thickness: 2, size: 9, color: accent.light },
        encoding: { y, x: { field: 'from', ...axis.x } },
      },
      {
        data: { values: labels },
        mark: { type: 'text', align: 'left', fontSize: 11, color: quiet.light },
        encoding: { y, x: { value: axis.width + 8 }, text: { field: 'label' } },
      },
    ],
  });
}

function belowThreshold({ downtimes }: Seen, name: ObserverName): string {
  const gap = downtimes[name] ?? 0;
  return gap > 0 ? `(${quantity(gap, 's')})` : 'none';
}

/** What the hypervisors were doing. */
export function phasesPanel({ phases }: Timeline, axis: TimeAxis): Panel {
  const present = phaseNames.filter((name) => phases.some((phase) => phase.name === name));
  return (last) => ({
    title: panelTitleAt('phases'),
    width: axis.width,
    height: 14,
    data: { values: phases },
    mark: { type: 'bar', height: 12 },
    encoding: {
      x: { field: 'from', ...timeAxis(axis, last) },
      x2: { field: 'to' },
      color: {
        field: 'name',
        type: 'nominal',
        scale: {
          domain: present,
          range: present.map((name) => phaseColour[phaseNames.indexOf(name)]),
        },
        legend: { columns: present.length, symbolType: 'square', orient: 'top', offset: 4 },
      },
    },
  });
}

/** Bytes that each pass over memory sent, over its time. */
export function roundsPanel({ rounds }: Timeline, axis: TimeAxis): Panel {
  const sent = rounds.filter(({ transferred }) => transferred !== undefined);
  const scale = axisScale(
    sent.map(({ transferred = 0 }) => transferred),
    'B',
  );
  const [from = 0, to = 1] = axis.x.scale.domain;
  const pixels = axis.width / (to - from);
  const values = sent.map(({ name, transferred = 0, ...round }) => ({
    ...round,
    sent: transferred / scale.by,
    middle: (round.from + round.to) / 2,
    // A number that is wider than its bar would lie on the next.
    label: textWidth(name, 10) + 4 < (round.to - round.from) * pixels ? name : '',
  }));
  return (last) => ({
    title: panelTitleAt('sent in each pass over memory'),
    width: axis.width,
    height: 70,
    data: { values },
    layer: [
      {
        mark: { type: 'bar', color: phaseColour[1], stroke: 'white', strokeWidth: 0.7 },
        encoding: {
          x: { field: 'from', ...timeAxis(axis, last) },
          x2: { field: 'to' },
          y: {
            field: 'sent',
            type: 'quantitative',
            scale: { zero: true, nice: 3 },
            ...valueAxis(axis, scale.unit, 3),
          },
          y2: { datum: 0 },
        },
      },
      {
        mark: { type: 'text', fontSize: 10, baseline: 'bottom', dy: -2, color: ink.light },
        encoding: {
          x: { field: 'middle', ...axis.x },
          y: { field: 'sent', type: 'quantitative' },
          text: { field: 'label' },
        },
      },
    ],
  });
}

/** How fast the guest made pages dirty, as the hypervisor counted. */
export function dirtyRatePanel({ dirtyRate }: Timeline, axis: TimeAxis): Panel {
  const scale = axisScale(
    dirtyRate.map(({ value }) => value),
    'B/s',
  );
  return (last) => ({
    title: panelTitleAt('memory made dirty by the guest, as the hypervisor counts it'),
    width: axis.width,
    height: 60,
    data: { values: dirtyRate.map(({ at, value }) => ({ at, rate: value / scale.by })) },
    mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.6, color: ink.light },
    encoding: {
      x: { field: 'at', ...timeAxis(axis, last) },
      y: {
        field: 'rate',
        type: 'quantitative',
        scale: { zero: true, nice: 3 },
        ...valueAxis(axis, scale.unit, 3),
      },
    },
  });
}

/** The CPUs' stop and resume as lines, the time between them shaded. */
function switchover({ phases, marks }: Seen, { x }: TimeAxis): object[] {
  const stopped = phases.filter(({ name }) => name === 'stopped');
  const lines = marks.filter(({ name }) => name === 'stop' || name === 'resume');
  return [
    {
      data: { values: stopped },
      mark: { type: 'rect', color: fainter.light },
      encoding: { x: { field: 'from', ...x }, x2: { field: 'to' } },
    },
    {
      data: { values: lines },
      mark: { type: 'rule', color: quiet.light, strokeDash: [3, 2] },
      encoding: { x: { field: 'at', ...x } },
    },
  ];
}

function panelTitleAt(text: string) {
  return { text, fontSize: 11, color: quiet.light, offset: 4, anchor: 'start', frame: 'group' };
}
