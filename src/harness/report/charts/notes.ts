import type { Analysis } from '../../analysis/analysis.ts';
import { badges } from '../../analysis/badges.ts';

/** What stands under a picture's title: how to read it, and what its data are not. */
export function notes(analysis: Analysis, reading: string): string[] {
  const labels = badges(
    analysis.run,
    analysis.series.map(({ key }) => key.kind),
  );
  return labels.length === 0 ? [reading] : [reading, labels.join(' · ')];
}
