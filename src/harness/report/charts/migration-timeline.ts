import type { ChartKind } from './chart.ts';
export const migrationTimeline: ChartKind = () => [];
