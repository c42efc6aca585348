import type { SampleColumns } from '../results/sample-columns.ts';
import type { Run, Trial } from '../results/schema.ts';
import { answerOf, type Sentence } from './answer.ts';
import { badges } from './badges.ts';
import { caveatsOf } from './caveats.ts';
import { compareWithBaseline } from './comparison.ts';
import { type Effect, effectsOf } from './effects.ts';
import { buildSeries } from './series.ts';
import { isHeadline, type SeriesResult } from './series-result.ts';
import { summarize } from './summary.ts';
import { warningsOf } from './warnings/warnings.ts';

/** What a run says: everything that a report shows, computed once. */
export interface Analysis {
  run: Run;
  trials: readonly Trial[];
  groups: readonly SampleColumns[];
  sampleCount: number;
  series: SeriesResult[];
  /** What each level of each factor does to each headline figure, across matched arms. */
  effects: Effect[];
  answer: Sentence[];
  /** What bears on every sentence of the answer. */
  caveats: string[];
  warnings: string[];
  /** Half width of the range around 1 in which two arms count as equal. */
  margin: number;
  /** What is to be said of all data: emulation, stand-ins, simulation. */
  badges: string[];
}

/** Half width of the range around 1 in which two arms count as equal. */
export const defaultMargin = 0.05;

export interface AnalysisInput {
  run: Run;
  trials: readonly Trial[];
  groups: readonly SampleColumns[];
  /** Share of the baseline. */
  margin?: number;
  /** What was noticed while reading. */
  warnings?: readonly string[];
}

/** The same input gives the same analysis: resampling takes its numbers from the run's seed. */
export function analyse({
  run,
  trials,
  groups,
  margin = defaultMargin,
  warnings = [],
}: AnalysisInput): Analysis {
  const series = buildSeries(run, trials, groups).map((one) => ({
    ...one,
    summaries: one.arms.map(summarize),
  }));
  const compared = compareWithBaseline(run, series, margin);
  const results = series.map((one, index) => ({ ...one, comparisons: compared[index] ?? [] }));
  const effects = effectsOf(run, results.filter(isHeadline), margin);
  const kinds = new Set(series.map(({ key }) => key.kind));
  return {
    run,
    trials,
    groups,
    sampleCount: groups.reduce((sum, { length }) => sum + length, 0),
    series: results,
    effects,
    answer: answerOf({ run, series: results.filter(isHeadline), effects, margin }),
    caveats: caveatsOf(run, effects),
    margin,
    warnings: [...warnings, ...warningsOf({ run, trials, series: results })],
    badges: badges(run, kinds),
  };
}
