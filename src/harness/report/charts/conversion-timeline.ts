import { armPhrase, armText } from '../../analysis/arms.ts';
import { axisScale, quantity } from '../../analysis/quantity.ts';
import { type ChartKind, chartWidth, labelRoom } from './chart.ts';
import { notes } from './notes.ts';
import { accent, faint, ink, phaseColours, shorterOnes } from './theme.ts';

const rowHeight = 44;
/** Share of the picture's time below which nothing is named. */
const shortest = 0.02;

/** How conversions went: what was done, and when the service did not answer; one of each arm. */
export const conversionTimeline: ChartKind = (analysis) => {
  const { conversions, run } = analysis;
  if (conversions.length === 0) return [];
  const arms = conversions.map(({ arm }) => armText(run.arms[arm] ?? {}));
  const room = labelRoom(arms);
  const title = 'Conversions over time';
  const scale = axisScale(
    conversions.flatMap(({ steps, outages }) => [...steps, ...outages].map(({ to }) => to)),
    's',
  );
  const whole = Math.max(
    ...conversions.flatMap(({ steps, outages }) => [...steps, ...outages].map(({ to }) => to)),
  );
  const isShort = ({ from, to }: { from: number; to: number }) => to - from < shortest * whole;
  const outages = conversions.flatMap((one, index) =>
    one.outages.map(({ from, to }) => ({
      arm: arms[index],
      ...{ from: from / scale.by, to: to / scale.by },
      // Figures of short ones would lie on each other.
      lasts: isShort({ from, to }) ? '' : quantity(to - from, 's'),
    })),
  );
  const done = conversions.flatMap((one, index) =>
    one.steps.map(({ step, from, to }) => ({
      arm: arms[index],
      ...{ from: from / scale.by, to: to / scale.by },
      step: isShort({ from, to }) ? shorterOnes : step,
    })),
  );
  const names = [...new Set(done.map(({ step }) => step))];
  const steps = names.filter((name) => name !== shorterOnes);
  if (steps.length < names.length) steps.push(shorterOnes);
  const x = {
    field: 'from',
    type: 'quantitative' as const,
    title: `since the request (${scale.unit})`,
    axis: { tickCount: 8 },
  };
  const longest = conversions
    .flatMap(({ arm, outages }) => outages.map(({ from, to }) => ({ arm, lasts: to - from })))
    .sort((a, b) => b.lasts - a.lasts)[0];
  return [
    {
      id: 'p2v-timeline',
      title,
      caption:
        longest === undefined
          ? 'No outage of the service was seen.'
          : `The longest outage lasts ${quantity(longest.lasts, 's')} ${armPhrase(run.arms[longest.arm] ?? {})}.`.replace(
              ' .',
              '.',
            ),
      spec: {
        title: {
          text: title,
          subtitle: notes(
            analysis,
            'the conversion of each arm with the median downtime · above: the service does not answer · below: steps, named after what ends them',
          ),
        },
        width: chartWidth - room,
        height: { step: rowHeight },
        encoding: {
          y: {
            field: 'arm',
            type: 'nominal',
            title: null,
            sort: arms,
            scale: { domain: arms },
            axis: { minExtent: room, maxExtent: room },
          },
        },
        layer: [
          {
            data: { values: done },
            mark: { type: 'bar', height: 10, yOffset: 12, stroke: 'white', strokeWidth: 0.7 },
            encoding: {
              x,
              x2: { field: 'to' },
              color: {
                field: 'step',
                type: 'nominal',
                scale: {
                  domain: steps,
                  range: steps.map(
                    (_, index) =>
                      (steps[index] === shorterOnes
                        ? faint
                        : phaseColours[index % phaseColours.length]
                      )?.light ?? '',
                  ),
                },
                legend: { columns: 6, symbolType: 'square' },
              },
            },
          },
          {
            data: { values: outages },
            mark: { type: 'bar', height: 12, yOffset: -2, color: accent.light },
            encoding: { x, x2: { field: 'to' } },
          },
          {
            data: { values: outages },
            mark: {
              type: 'text',
              align: 'left',
              baseline: 'bottom',
              fontSize: 10,
              yOffset: -9,
              color: ink.light,
            },
            encoding: { x, text: { field: 'lasts' } },
          },
        ],
      },
    },
  ];
};
