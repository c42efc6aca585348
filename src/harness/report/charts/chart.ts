import type { TopLevelSpec } from 'vega-lite';
import type { Analysis } from '../../analysis/analysis.ts';
import type { Palette } from '../palette.ts';
import { textWidth } from './text-width.ts';

/** A picture, before it is drawn. */
export interface Chart {
  /** Name of its files. */
  id: string;
  /** What is drawn, in a few words. */
  title: string;
  /** One sentence that says what the picture shows, made from its data. */
  caption: string;
  /** Vega-Lite, with its data inside. */
  spec: TopLevelSpec;
}

/** One way to picture a run: gives no charts where the run has nothing for it. */
export type ChartKind = (analysis: Analysis, palette: Palette) => Chart[];

/** Width of a picture's drawing in pixels, axis labels included. */
export const chartWidth = 940;

/** A name for files, whatever the text holds. */
export function chartId(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]+/g, '-');
}

/** Room for the longest of these axis labels, in pixels. */
export function labelRoom(labels: readonly string[]): number {
  const widths = labels.map((label) => textWidth(label, 11));
  return Math.ceil(Math.min(longestLabel, Math.max(40, ...widths))) + 10;
}

const longestLabel = 320;

/** The title of one of several panels of a picture. */
export function panelTitle(text: string) {
  return { text, fontSize: 12, offset: 6, anchor: 'start' as const, frame: 'group' as const };
}
