import { armPhrase, armText } from '../../analysis/arms.ts';
import { middleOf } from '../../analysis/middle.ts';
import { seriesOf } from '../../analysis/series-result.ts';
import { axisScale, quantity } from '../../analysis/quantity.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import type { Palette } from '../palette.ts';
import { type Chart, chartWidth, labelRoom } from './chart.ts';
import { notes } from './notes.ts';
import { thinning } from './thinning.ts';
import { faint, phaseColours, shorterOnes } from './theme.ts';

/** Phases that make up a total, to be stacked. */
export interface StackedPhases {
  /** Metric of the phases, by `phase`, and of their total. */
  parts: string;
  whole: string;
  /**
   * Phases in order of time, each with the number of its colour. Others follow, those together that are
   * short in every arm.
   */
  phases: Readonly<Record<string, number>>;
  id: string;
  title: string;
  /** `A guest takes` */
  subject: string;
  /** `time per guest` */
  axis: string;
}

/** Phases in one row of the legend, at most. */
const widest = 10;
/** Share of the longest bar below which a phase without a colour of its own is not named. */
const shortest = 0.01;
const barHeight = 16;
const rowHeight = 46;

/** Where the time of an operation goes: stacked medians of its phases, trials as dots. */
export function stackedPhases(
  { parts: partsMetric, whole, phases, id, title, subject, axis }: StackedPhases,
  analysis: Analysis,
  palette: Palette,
): Chart[] {
  const { run } = analysis;
  const parts = seriesOf(analysis, partsMetric).filter(({ key }) => key.phase !== undefined);
  const [total] = seriesOf(analysis, whole);
  if (parts.length === 0 || total === undefined) return [];

  const scale = axisScale(
    total.arms.flat().map(({ value }) => value),
    's',
  );
  const arms = run.arms.map(armText);
  const room = labelRoom(arms);
  const medians = parts.flatMap(({ key: { phase = '' }, arms: own }) =>
    arms.flatMap((arm, index) => {
      const values = (own[index] ?? []).map(({ value }) => value);
      if (values.length === 0) return [];
      // A phase that some trials did not have took no time there.
      const absent = Math.max(0, (total.arms[index]?.length ?? 0) - values.length);
      const middle = middleOf([...values, ...Array<number>(absent).fill(0)])?.median;
      if (middle === undefined || !Number.isFinite(middle)) return [];
      return [{ arm, phase, value: middle / scale.by }];
    }),
  );
  const { present, bars } = stacked(medians, Object.keys(phases));
  const thinned = thinning(analysis.trials.length);
  const dots = total.arms.flatMap((values, index) =>
    values
      .filter(({ outcome, block }) => outcome === 'completed' && thinned.draws(block))
      .map(({ trial, value }) => ({ arm: arms[index], trial, total: value / scale.by })),
  );
  const colours = present.map((phase, index) => {
    const own = phaseColours[phases[phase] ?? index % phaseColours.length];
    return (phase === shorterOnes ? faint : own)?.light ?? '';
  });
  return [
    {
      id,
      title,
      caption: caption(),
      spec: {
        title: {
          text: title,
          subtitle: notes(analysis, `bars: medians of the phases · dots: totals, ${thinned.note}`),
        },
        width: chartWidth - room,
        height: { step: rowHeight },
        encoding: {
          y: {
            field: 'arm',
            type: 'nominal',
            sort: arms,
            title: null,
            scale: { domain: arms },
            axis: { minExtent: room, maxExtent: room },
          },
        },
        layer: [
          {
            data: { values: bars },
            mark: { type: 'bar', height: barHeight, yOffset: 9, stroke: 'white', strokeWidth: 0.7 },
            encoding: {
              x: {
                field: 'value',
                type: 'quantitative',
                title: `${axis} (${scale.unit})`,
                axis: { tickCount: 8 },
                scale: { zero: true },
              },
              color: {
                field: 'phase',
                type: 'nominal',
                scale: { domain: present, range: colours },
                legend: {
                  columns: present.length <= widest ? present.length : 5,
                  symbolType: 'square',
                },
              },
              order: { field: 'order', type: 'quantitative' },
            },
          },
          {
            data: { values: dots },
            mark: { type: 'point', filled: true, size: 26, opacity: 0.75, yOffset: -8 },
            encoding: {
              x: { field: 'total', type: 'quantitative' },
              fill: {
                field: 'arm',
                type: 'nominal',
                scale: { domain: arms, range: palette.arms.map(({ light }) => light) },
                legend: null,
              },
            },
          },
        ],
      },
    },
  ];

  /** The longest phase of the slowest arm, and the arms at both ends. */
  function caption(): string {
    const medians = (total?.summaries ?? []).flatMap((summary, arm) =>
      summary !== undefined && Number.isFinite(summary.median)
        ? [{ arm, median: summary.median }]
        : [],
    );
    medians.sort((a, b) => a.median - b.median);
    const [first] = medians;
    const last = medians.at(-1);
    if (first === undefined || last === undefined)
      return 'No arm has a figure in most of its trials.';
    const longest = bars
      .filter(({ arm }) => arm === arms[last.arm])
      .sort((a, b) => b.value - a.value)[0];
    const share =
      longest === undefined
        ? ''
        : `, of which the phase “${longest.phase}” takes ${quantity(longest.value * scale.by, 's')}`;
    const at = ({ arm, median }: { arm: number; median: number }) =>
      `${quantity(median, 's')} ${armPhrase(run.arms[arm] ?? {})}`.trim();
    return first.arm === last.arm
      ? `${subject} ${at(last)}${share}.`
      : `${subject} between ${at(first)} and ${at(last)}${share}.`;
  }
}

interface Bar {
  arm: string;
  phase: string;
  value: number;
}

/** The bars with their places, in order of time; `known` are the phases that are named however short. */
function stacked(
  medians: readonly Bar[],
  known: readonly string[],
): { present: string[]; bars: (Bar & { order: number })[] } {
  const totals = new Map<string, number>();
  for (const { arm, value } of medians) totals.set(arm, (totals.get(arm) ?? 0) + value);
  const least = shortest * Math.max(...totals.values());
  const long = new Set(medians.flatMap(({ phase, value }) => (value >= least ? [phase] : [])));
  const has = new Set(medians.map(({ phase }) => phase));
  const present = [
    ...known.filter((phase) => has.has(phase)),
    ...[...has].filter((phase) => !known.includes(phase) && long.has(phase)),
  ];
  const bars = medians
    .filter(({ phase }) => present.includes(phase))
    .map((bar) => ({ ...bar, order: present.indexOf(bar.phase) }));
  if (present.length === has.size) return { present, bars };
  const rest = [...totals.keys()].map((arm) => {
    const short = medians.filter((bar) => bar.arm === arm && !present.includes(bar.phase));
    const value = short.reduce((sum, bar) => sum + bar.value, 0);
    return { arm, phase: shorterOnes, order: present.length, value };
  });
  return { present: [...present, shorterOnes], bars: [...bars, ...rest] };
}
