import type { Analysis } from '../../analysis/analysis.ts';
import { armText } from '../../analysis/arms.ts';
import { completionText } from '../../analysis/completion.ts';
import { floorMark, outagesLegend } from '../../analysis/migration/legend.ts';
import { type ArmOutages, isAtFloor } from '../../analysis/migration/outages.ts';
import { disagreementNotes, lostWritesSentence } from '../../analysis/migration/statements.ts';
import {
  calibrationText,
  floorText,
  latencyInterval,
  latencyText,
  percentText,
} from '../../analysis/migration/texts.ts';
import type { Middle } from '../../analysis/middle.ts';
import { quantity, quantityWithInterval } from '../../analysis/quantity.ts';
import { type Summary, worstWord } from '../../analysis/summary.ts';
import { escapeMarkdown as text } from './escape-markdown.ts';

/** The blocks of the section on outages; none where no migration was measured. */
export function outagesMarkdown({ run, outages }: Analysis): string[] {
  if (outages === undefined) return [];
  const arm = (one: ArmOutages) => armText(run.arms[one.arm] ?? {});
  const observed = outages.flatMap((one) =>
    one.views.map((view) => {
      const { observer, downtime, floor, calibration } = view;
      const mark = isAtFloor(view) ? ` ${floorMark} at the floor` : '';
      return [
        arm(one),
        observer,
        `${valueOf(downtime)}${mark}`,
        intervalOf(downtime),
        downtime === undefined ? '' : String(downtime.n),
        floor === undefined ? '' : floorText(floor),
        calibration === undefined ? '' : calibrationText(calibration),
      ];
    }),
  );
  const common = outages.map((one) => {
    const { total, lostWork, latency, lostWrites, completion } = one;
    const { control, migration } = latency;
    return [
      arm(one),
      figureOf(total),
      figureOf(lostWork),
      [control, migration].map(latencyOf).join(' → '),
      lostWrites === undefined
        ? 'not checked'
        : `${lostWrites.lost} (${lostWrites.losing} of ${lostWrites.n} migrations; up to ${percentText(lostWrites.bound)})`,
      completionText(completion) || `completed in all ${completion.n} trials`,
    ];
  });
  const notes = [...disagreementNotes(run, outages), lostWritesSentence(outages) ?? []].flat();
  return [
    '## Outages as each observer saw them',
    ...outagesLegend.map(text),
    table(
      ['arm', 'observer', 'downtime', '95 % interval', 'n', 'floor', 'calibration error'],
      observed,
    ),
    table(['arm', 'total time', 'lost work', 'p99 latency', 'lost writes', 'completion'], common),
    notes.map((note) => `- ${text(note)}`).join('\n'),
  ];
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(header),
    line(header.map(() => '---')),
    ...rows.map((cells) => line(cells.map(text))),
  ].join('\n');
}

function valueOf(summary: Summary | undefined): string {
  return summary === undefined ? '–' : quantity(summary.median, 's', worstWord(summary));
}

/** `1.20 s (1.10–1.31, n = 8)` */
function figureOf(summary: Summary | undefined): string {
  return summary === undefined
    ? '–'
    : `${valueOf(summary)} (${intervalOf(summary)}, n = ${summary.n})`;
}

function latencyOf(latency: Middle | undefined): string {
  return latency === undefined
    ? '–'
    : `${latencyText(latency)} (${latencyInterval(latency)}, n = ${latency.n})`;
}

function intervalOf(summary: Summary | undefined): string {
  if (summary === undefined) return '';
  const { median, interval } = summary;
  return interval === undefined
    ? 'no interval'
    : quantityWithInterval(median, interval, 's', '∞').interval;
}
