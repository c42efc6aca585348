import type { Gate, GateRow } from '../../analysis/gate/gate.ts';
import { visible } from '../html/template.ts';
import type { GateExporter } from './gate-exporter.ts';

interface Family {
  name: string;
  help: string;
  value: (row: GateRow) => number | undefined;
}

const families: readonly Family[] = [
  {
    name: 'virtgauge_value',
    help: 'Median of the runs in question in the unit that the label unit names.',
    value: ({ now }) => now,
  },
  {
    name: 'virtgauge_ratio',
    help: 'Level of the runs in question over that of what they are compared with.',
    value: ({ ratio }) => ratio?.estimate,
  },
  {
    name: 'virtgauge_ratio_low',
    help: 'Lower end of the interval of the ratio.',
    value: ({ ratio }) => ratio?.interval?.low,
  },
  {
    name: 'virtgauge_ratio_high',
    help: 'Upper end of the interval of the ratio.',
    value: ({ ratio }) => ratio?.interval?.high,
  },
  {
    name: 'virtgauge_regression',
    help: '1: regression. 0: none is shown. NaN: inconclusive or not comparable.',
    value: ({ verdict }) =>
      verdict === 'regression' ? 1 : /improvement|no-regression/.test(verdict) ? 0 : NaN,
  },
];

/** OpenMetrics 1.0 text, for a node exporter's text files or a push. */
export const gateOpenMetrics: GateExporter = (gate) => [
  { path: 'gate.openmetrics.txt', content: [document(gate)] },
];

function document(gate: Gate): string {
  const lines = families.flatMap(({ name, help, value }) => [
    `# TYPE ${name} gauge`,
    `# HELP ${name} ${help}`,
    ...gate.rows.flatMap((row) => {
      const own = gate.blocked && name === 'virtgauge_regression' ? NaN : value(row);
      return own === undefined ? [] : [`${name}{${labelsOf(gate, row)}} ${numberText(own)}`];
    }),
  ]);
  return `${[...lines, '# EOF'].join('\n')}\n`;
}

function labelsOf({ scenario, labels }: Gate, { id, arm, metric }: GateRow): string {
  const all = {
    scenario,
    figure: id,
    unit: metric.unit,
    ...Object.fromEntries(
      Object.entries(arm).map(([factor, level]) => [
        `level_${factor.replace(/[^A-Za-z0-9_]/g, '_')}`,
        String(level),
      ]),
    ),
    labels: labels.join('; '),
  };
  return Object.entries(all)
    .map(([name, text]) => `${name}="${escaped(text)}"`)
    .join(',');
}

function escaped(text: string): string {
  return visible(text).replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}

function numberText(value: number): string {
  return Number.isNaN(value)
    ? 'NaN'
    : value === Infinity
      ? '+Inf'
      : value === -Infinity
        ? '-Inf'
        : String(value);
}
