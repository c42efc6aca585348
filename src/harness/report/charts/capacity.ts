import type { TopLevelSpec } from 'vega-lite';
import type { Analysis } from '../../analysis/analysis.ts';
import type { Capacity } from '../../analysis/capacity/capacity.ts';
import { boundText, type Limit } from '../../analysis/capacity/limit.ts';
import { crossingSentence, withinSentence } from '../../analysis/capacity/texts.ts';
import type { Palette } from '../palette.ts';
import { limitPanel, throughputPanel, type PanelFrame } from './capacity-panels.ts';
import { type Chart, type ChartKind, chartWidth } from './chart.ts';
import { notes } from './notes.ts';

/** How many guests the storages carry. */
export const capacity: ChartKind = (analysis, palette) =>
  analysis.capacity === undefined ? [] : [capacityChart(analysis, analysis.capacity, palette)];

const spacing = 34;

/** Throughput, latency and what else has a limit against the number of guests. */
export function capacityChart(analysis: Analysis, found: Capacity, palette: Palette): Chart {
  const { lines, limits, job, percentile } = found;
  const recorded = (name: string) =>
    lines.some(({ levels }) => levels.some(({ limited }) => limited.has(name)));
  const latencies = limits.filter(
    (limit) => limit.percentile !== undefined && recorded(limit.name),
  );
  const others = limits.filter((limit) => limit.percentile === undefined && recorded(limit.name));
  const plain =
    latencies.length === 0 &&
    lines.some(({ levels }) => levels.some(({ latency }) => latency !== undefined));
  const count = 1 + latencies.length + others.length + Number(plain);
  const columns = Math.min(3, count);
  const frame: PanelFrame = {
    lines,
    colours: lines.map(({ levels }) => palette.families[levels[0]?.arm ?? 0]?.light ?? ''),
    width: Math.floor((chartWidth - spacing * (columns - 1)) / columns) - 58,
    height: count === 1 ? 260 : 230,
  };
  const limitTitle = ({ name, bound, unit }: Limit) => {
    const figure =
      name === 'aggregate'
        ? 'Share of the rate achieved'
        : name === 'guest'
          ? 'Throughput of each guest'
          : `Latency, ${name}`;
    return `${figure} · limit ${boundText(bound, unit)}`;
  };
  const title = `Capacity: ${job} against the number of guests`;
  const spec = {
    title: {
      text: title,
      subtitle: notes(
        analysis,
        'points: medians with 95 % intervals · curves with bands: Universal Scalability Law · dashed: limits · rings: where one is met, and peaks',
      ),
    },
    columns,
    spacing,
    concat: [
      throughputPanel(frame),
      ...(plain
        ? [limitPanel(frame, `Latency, p${percentile}`, ({ latency }) => latency, undefined, true)]
        : []),
      ...latencies.map((limit) =>
        limitPanel(frame, limitTitle(limit), at(limit.name), limit, true),
      ),
      ...others.map((limit) => limitPanel(frame, limitTitle(limit), at(limit.name), limit, false)),
    ],
  };
  // Parts of a concatenation that functions make are hard to name in Vega-Lite's types.
  return { id: 'capacity', title, caption: captionOf(found), spec: spec as TopLevelSpec };
}

function at(name: string) {
  return ({ limited }: Capacity['lines'][number]['levels'][number]) => limited.get(name);
}

/** What the limits say, or where the storages cross, or what the law says. */
function captionOf(found: Capacity): string {
  const within = found.lines.flatMap((line) => withinSentence(line) ?? []);
  const crossings = found.crossings.map((crossing) => crossingSentence(found, crossing));
  const said = [...within, ...crossings].slice(0, 3);
  return said.length === 0
    ? 'No limit is stated, so no number of guests is; the curve is the Universal Scalability Law.'
    : said.join(' ');
}
