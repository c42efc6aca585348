import { armPhrase, armText } from '../../analysis/arms.ts';
import { axisScale, quantity } from '../../analysis/quantity.ts';
import type { Storm } from '../../analysis/timelines/storms.ts';
import { type ChartKind, chartWidth } from './chart.ts';
import { creationPhaseColours } from './creation-phases.ts';
import { notes } from './notes.ts';
import { phaseColours } from './theme.ts';

/** Guests in one panel, at most; of more the rows are drawn evenly over all. */
const mostRows = 48;

/** How guests that were created at once came up: each a row, from the first request on. */
export const bootStorm: ChartKind = (analysis) => {
  const { storms, run } = analysis;
  if (storms.length === 0) return [];
  const title = 'Guests created at once, over time';
  const ends = storms.map(lastEnd);
  const scale = axisScale(ends, 's');
  const present = Object.keys(creationPhaseColours).filter((name) =>
    storms.some(({ guests }) =>
      guests.some(({ phases }) => phases.some(({ phase }) => phase === name)),
    ),
  );
  const several = Math.max(...storms.map(({ guests }) => guests.length));
  const height = Math.max(4, Math.min(14, Math.floor(220 / Math.min(several, mostRows))));
  return [
    {
      id: 'boot-storm',
      title,
      caption: `${storms
        .map(
          (storm, index) =>
            `${storm.guests.length} guests ${armPhrase(run.arms[storm.arm] ?? {}, 'guests')}: the first answers after ${quantity(firstEnd(storm), 's')}, the last after ${quantity(ends[index] ?? NaN, 's')}`,
        )
        .join('; ')}.`,
      spec: {
        title: {
          text: title,
          subtitle: notes(
            analysis,
            'the median trial of an arm · each row a guest, each colour a phase',
          ),
        },
        data: {
          values: storms.flatMap(({ arm, guests }) =>
            guests
              .filter((_, index) => isDrawn(index, guests.length))
              .flatMap(({ guest, phases }) =>
                phases.map(({ phase, from, to }) => ({
                  arm: armText(run.arms[arm] ?? {}),
                  guest,
                  phase,
                  from: from / scale.by,
                  to: to / scale.by,
                })),
              ),
          ),
        },
        facet: {
          row: {
            field: 'arm',
            type: 'nominal',
            sort: storms.map(({ arm }) => armText(run.arms[arm] ?? {})),
            header: { orient: 'top', labelAnchor: 'start' },
          },
        },
        spacing: 16,
        spec: {
          width: chartWidth - 40,
          height: { step: height + 2 },
          mark: { type: 'bar', height },
          encoding: {
            y: {
              field: 'guest',
              type: 'ordinal',
              title: 'guest',
              axis: { labels: several <= 16, minExtent: 20 },
            },
            x: {
              field: 'from',
              type: 'quantitative',
              title: `since the first request (${scale.unit})`,
              axis: { tickCount: 8 },
            },
            x2: { field: 'to' },
            color: {
              field: 'phase',
              type: 'nominal',
              scale: {
                domain: present,
                range: present.map(
                  (phase) => phaseColours[creationPhaseColours[phase] ?? 7]?.light ?? '',
                ),
              },
              legend: { columns: present.length, symbolType: 'square' },
            },
          },
        },
        resolve: { scale: { y: 'independent' } },
      },
    },
  ];
};

function isDrawn(index: number, count: number): boolean {
  return (
    count <= mostRows ||
    Math.floor((index * mostRows) / count) !== Math.floor(((index - 1) * mostRows) / count)
  );
}

/** The service answers; the agent may do so later. */
const endOf = ({ phases }: Storm['guests'][number]) =>
  (phases.find(({ phase }) => phase === 'ready') ?? phases.at(-1))?.to ?? 0;

function firstEnd({ guests }: Storm): number {
  return Math.min(...guests.map(endOf));
}

function lastEnd({ guests }: Storm): number {
  return Math.max(...guests.map(endOf));
}
