import type { Arm, Sample } from '../results/schema.ts';

/** One figure as it was imported, in the metric's own unit. */
export interface ImportedFigure extends Pick<
  Sample,
  'metric' | 'value' | 'guest' | 'iteration' | 'job' | 'percentile' | 'phase' | 'observer'
> {
  /** Levels as declared, without the system. */
  arm: Arm;
  /** Number of the trial among those of its arm. */
  trial: number;
}

/** What tells a figure from every other one. */
export function figureKey(figure: ImportedFigure): string {
  const { metric, guest, iteration, job, percentile, phase, observer, arm, trial } = figure;
  return JSON.stringify([
    ...[metric, guest, iteration, job, percentile, phase, observer, trial],
    Object.entries(arm),
  ]);
}
