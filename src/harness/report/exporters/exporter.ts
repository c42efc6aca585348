import type { Analysis } from '../../analysis/analysis.ts';
import type { DrawnChart } from '../html/page.ts';
import type { Palette } from '../palette.ts';

/** Everything that a report is made from. */
export interface ReportContent {
  analysis: Analysis;
  charts: readonly DrawnChart[];
  palette: Palette;
}

/** A file of the report: its path below `report/`, and its content in pieces. */
export interface ReportFile {
  path: string;
  content: Iterable<string | Uint8Array>;
}

/** One form of the report. */
export type Exporter = (content: ReportContent) => ReportFile[] | Promise<ReportFile[]>;
