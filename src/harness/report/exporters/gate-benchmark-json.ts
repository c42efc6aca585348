import { armText } from '../../analysis/arms.ts';
import type { Gate } from '../../analysis/gate/gate.ts';
import { rowText } from '../../analysis/gate/texts.ts';
import { visible } from '../html/template.ts';
import type { GateExporter } from './gate-exporter.ts';

/**
 * For github-action-benchmark, its tools `customSmallerIsBetter` and `customBiggerIsBetter`: a file for
 * each direction, since each of its inputs has one.
 */
export const gateBenchmarkJson: GateExporter = (gate) =>
  (
    [
      ['lower', 'benchmark-smaller-is-better.json'],
      ['higher', 'benchmark-bigger-is-better.json'],
    ] as const
  ).flatMap(([better, path]) => {
    const entries = entriesOf(gate, better);
    return entries.length === 0
      ? []
      : [{ path, content: [`${JSON.stringify(entries, null, 2)}\n`] }];
  });

function entriesOf({ rows, labels }: Gate, better: 'lower' | 'higher') {
  return rows
    .filter((row) => row.metric.better === better && Number.isFinite(row.now))
    .map((row) => {
      const { figure, arm, metric, now, ratio } = row;
      const half =
        ratio?.interval && ((ratio.interval.high - ratio.interval.low) / 2 / ratio.estimate) * 100;
      return {
        name: line(`${figure} · ${armText(arm)}`),
        unit: metric.unit,
        value: now,
        ...(half !== undefined && Number.isFinite(half) && { range: `±${half.toFixed(1)} %` }),
        extra: line([rowText(row), ...labels].join('; ')),
      };
    });
}

/** It puts names into HTML and tables of its own. */
function line(text: string): string {
  return visible(text)
    .replace(/[<>&`|]/g, ' ')
    .replace(/\s+/g, ' ');
}
