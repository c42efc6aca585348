import { gateBenchmarkJson } from './gate-benchmark-json.ts';
import type { GateExporter } from './gate-exporter.ts';
import { gateJunit } from './gate-junit.ts';
import { gateMarkdown } from './gate-markdown.ts';
import { gateOpenMetrics } from './gate-openmetrics.ts';

/** All forms of a gate. A new one is a file and a line here. */
export const gateExporters: readonly GateExporter[] = [
  gateMarkdown,
  gateJunit,
  gateBenchmarkJson,
  gateOpenMetrics,
];
