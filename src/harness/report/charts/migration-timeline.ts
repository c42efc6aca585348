import type { TopLevelSpec } from 'vega-lite';
import type { Analysis } from '../../analysis/analysis.ts';
import { armText } from '../../analysis/arms.ts';
import { observers } from '../../analysis/migration/observers.ts';
import type { Stretch, Timeline } from '../../analysis/migration/timeline.ts';
import { quantity } from '../../analysis/quantity.ts';
import type { Palette } from '../palette.ts';
import { type Chart, type ChartKind, chartWidth, labelRoom } from './chart.ts';
import { notes } from './notes.ts';
import {
  dirtyRatePanel,
  outagesPanel,
  phasesPanel,
  probesPanel,
  roundsPanel,
  type Panel,
  type TimeAxis,
} from './timeline-panels.ts';
import { ink } from './theme.ts';

const textSpace = 78;
type Panels = Extract<TopLevelSpec, { vconcat: unknown }>['vconcat'];

/** One migration of each arm on one time axis: answers, outages, phases, what was sent. */
export const migrationTimeline: ChartKind = (analysis, palette) => {
  const { timelines, run } = analysis;
  return timelines.map((timeline, index) => {
    const last = index === timelines.length - 1;
    const hidden = last ? run.arms.length - timelines.length : 0;
    const rest =
      hidden === 0 ? '' : ` ${hidden} further ${hidden === 1 ? 'arm is' : 'arms are'} not drawn.`;
    return chartOf(analysis, palette, timeline, rest);
  });
};

function chartOf(analysis: Analysis, palette: Palette, timeline: Timeline, rest: string): Chart {
  const { arm } = timeline;
  const name = armText(analysis.run.arms[arm] ?? {});
  const views = (analysis.outages?.[arm]?.views ?? []).filter(
    ({ observer, downtime }) =>
      downtime !== undefined || timeline.outages.some((one) => one.observer === observer),
  );
  const seen = views.map(({ observer }) => observer);
  const room = labelRoom(seen.map((observer) => observers[observer].title));
  const axisOf = ({ from, to }: Stretch, title: string): TimeAxis => ({
    ...{ room, title, width: chartWidth - room - textSpace },
    x: { type: 'quantitative', scale: { domain: [from, to], nice: false, clamp: true } },
  });
  const axis = axisOf(timeline, 'time since the migration began (s)');
  const colour = palette.arms[arm]?.light ?? ink.light;
  const whole = [
    ...seenPanels(timeline, axis),
    ...(timeline.phases.length === 0 ? [] : [phasesPanel(timeline, axis)]),
    ...(timeline.rounds.some(({ transferred }) => transferred !== undefined)
      ? [roundsPanel(timeline, axis)]
      : []),
    ...(timeline.dirtyRate.every(({ value }) => value === 0)
      ? []
      : [dirtyRatePanel(timeline, axis)]),
  ];
  const enlarged =
    timeline.zoom === undefined
      ? []
      : seenPanels(
          { ...between(timeline, timeline.zoom), ...timeline.zoom, downtimes: timeline.downtimes },
          axisOf(timeline.zoom, 'the same outages, enlarged: time since the migration began (s)'),
        );
  const title = `One migration: ${name}`;
  const single = analysis.run.arms.length === 1;
  return {
    id: single ? 'migration-timeline' : `migration-timeline-${arm + 1}`,
    title,
    caption: `${captionOf(analysis, timeline)}${rest}`,
    spec: {
      title: {
        text: title,
        subtitle: notes(
          analysis,
          `trial ${timeline.trial} · lines: stop and resume of the CPUs · one time axis, in seconds since the migration began`,
        ),
      },
      spacing: 14,
      vconcat: [whole, enlarged].flatMap((panels) =>
        panels.map((panel, index) => panel(index === panels.length - 1)),
      ) as Panels,
      resolve: { scale: { color: 'independent' } },
    },
  };

  function seenPanels(stretch: Parameters<typeof probesPanel>[0], on: TimeAxis): Panel[] {
    return [
      ...(stretch.probes.length === 0 ? [] : [probesPanel(stretch, on, colour)]),
      ...(seen.length === 0 ? [] : [outagesPanel(stretch, on, seen)]),
    ];
  }
}

/** What is marked between two moments. */
function between({ phases, marks }: Timeline, { from, to }: Stretch) {
  return {
    phases: phases.filter((phase) => phase.to > from && phase.from < to),
    marks: marks.filter(({ at }) => at >= from && at <= to),
  };
}

/** Why this trial, and what happened in it. */
function captionOf({ trials, run }: Analysis, timeline: Timeline): string {
  const { trial, of, outages, rounds } = timeline;
  const state = trials.find((one) => one.trial === trial)?.state;
  const why =
    state === 'completed'
      ? of === 1
        ? `Trial ${trial}, the only one of its arm that was completed`
        : `Trial ${trial}, by the network's downtime the middle one of the ${of} of its arm`
      : `Trial ${trial}, which did not converge; nor did any other of its arm`;
  const out = Math.max(
    0,
    ...outages.filter(({ observer }) => observer === 'network').map(({ from, to }) => to - from),
  );
  const passes = rounds.filter(({ name }) => name !== 'post-copy').length;
  const sent = rounds.reduce((sum, { transferred = 0 }) => sum + transferred, 0);
  const gap = timeline.downtimes.network;
  const away =
    out > 0
      ? [`the network was out for ${quantity(out, 's')}`]
      : gap === undefined
        ? []
        : [
            `the network's longest gap of ${quantity(gap, 's')} is too near its floor to be called an outage`,
          ];
  const isLate =
    run.arms[timeline.arm]?.['method'] === 'post-copy' &&
    state === 'completed' &&
    !timeline.phases.some(({ name }) => name === 'post-copy');
  const facts = [
    ...away,
    ...(isLate ? ['all was sent before post-copy began'] : []),
    ...(passes === 0 ? [] : [`${passes} ${passes === 1 ? 'pass' : 'passes'} over memory`]),
    ...(sent === 0 ? [] : [`${quantity(sent, 'B')} sent`]),
  ];
  return `${why}: ${facts.join(', ')}.`;
}
