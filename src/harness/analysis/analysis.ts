import type { SampleColumns } from '../results/sample-columns.ts';
import type { Event, Run, Trial } from '../results/schema.ts';
import { answerOf, mostSentences, type Sentence } from './answer.ts';
import { badges } from './badges.ts';
import { caveatsOf } from './caveats.ts';
import { compareWithBaseline } from './comparison.ts';
import { type Effect, effectsOf } from './effects.ts';
import { floorRemark } from './migration/floor-remark.ts';
import { isLeading } from './migration/observers.ts';
import { type ArmOutages, outagesOf } from './migration/outages.ts';
import { migrationSentences } from './migration/statements.ts';
import type { Timeline } from './migration/timeline.ts';
import { timelinesOf } from './migration/timelines.ts';
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
  /** The outages of migrations, arm by arm; absent where none was measured. */
  outages?: ArmOutages[];
  /** One migration an arm, to be drawn. */
  timelines: Timeline[];
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
  /** The events of these trials; not called where no migration was measured. */
  events?: (trials: ReadonlySet<number>) => Iterable<Event>;
}

/** The same input gives the same analysis: resampling takes its numbers from the run's seed. */
export function analyse({
  run,
  trials,
  groups,
  margin = defaultMargin,
  warnings = [],
  events = () => [],
}: AnalysisInput): Analysis {
  const series = buildSeries(run, trials, groups).map((one) => ({
    ...one,
    summaries: one.arms.map(summarize),
  }));
  const compared = compareWithBaseline(run, series, margin);
  const results = series.map((one, index) => ({ ...one, comparisons: compared[index] ?? [] }));
  const effects = effectsOf(run, results.filter(isHeadline), margin);
  const kinds = new Set(series.map(({ key }) => key.kind));
  const outages = outagesOf(run, trials, groups, results);
  return {
    run,
    trials,
    groups,
    sampleCount: groups.reduce((sum, { length }) => sum + length, 0),
    series: results,
    effects,
    answer: answer(),
    caveats: caveatsOf(run, effects),
    margin,
    warnings: [...warnings, ...warningsOf({ run, trials, series: results, outages })],
    badges: badges(run, kinds),
    ...(outages === undefined ? {} : { outages }),
    timelines: outages === undefined ? [] : timelinesOf(run, trials, results, events),
  };

  function answer(): Sentence[] {
    const leading = results.filter((one) => isHeadline(one) && isLeading(one));
    const input = { run, series: leading, margin };
    if (outages === undefined) return answerOf({ ...input, effects });
    const { first, last } = migrationSentences(run, outages, effects);
    const others = answerOf({
      ...input,
      effects: effects.filter((effect) => isLeading(effect.series)),
      most: mostSentences - first.length - last.length,
      remark: (effect) => floorRemark(outages, effect),
    });
    return [...first, ...others, ...last];
  }
}
