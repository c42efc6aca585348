import type { SampleColumns } from '../results/sample-columns.ts';
import type { Event, Run, Trial } from '../results/schema.ts';
import { answerOf, byKind, mostSentences, type Sentence } from './answer.ts';
import { badges } from './badges.ts';
import type { Capacity } from './capacity/capacity.ts';
import { capacityForReport } from './capacity/for-report.ts';
import { caveatsOf } from './caveats.ts';
import { type ClaimResult, evaluateClaims } from './claims/evaluate-claims.ts';
import { compareWithBaseline } from './comparison.ts';
import { type PowerCuts, powerCutsOf } from './crash/power-cuts.ts';
import { powerCutSentences } from './crash/statements.ts';
import { countedTrials } from './counted-trials.ts';
import { type Decomposition, decompositionsOf } from './decomposition/decomposition.ts';
import { decompositionSentences, isTold } from './decomposition/answer.ts';
import { type Effect, effectsOf } from './effects.ts';
import { floorRemark } from './migration/floor-remark.ts';
import { joinImported, type RunRecord, withShownSystems } from './imported/join.ts';
import { ownPart } from './imported/systems.ts';
import { undeclared } from './imported/texts.ts';
import { isLeading } from './migration/observers.ts';
import { type ArmOutages, outagesOf } from './migration/outages.ts';
import { migrationSentences } from './migration/statements.ts';
import type { Timeline } from './migration/timeline.ts';
import { timelinesOf } from './migration/timelines.ts';
import { type CurveSet, downtimeCurves } from './p2v/curves.ts';
import { lostInConversion, lostInConversions } from './p2v/lost-writes.ts';
import { curveSentences } from './p2v/texts.ts';
import { lostInCrash } from '../measure/crash/metrics.ts';
import { buildSeries, type Series } from './series.ts';
import { isHeadline, type SeriesResult } from './series-result.ts';
import { type Setups, setupsOf } from './setups.ts';
import { sharingMoment } from '../measure/sharing/moment.ts';
import { hotplugSentences } from './hotplug/statements.ts';
import { isTimeToRelief, reliefSentences } from './sharing/relief.ts';
import { type History, historiesOf } from './simulation/histories.ts';
import { isSimulated } from './simulation/is-simulated.ts';
import { readingsOf } from './simulation/readings.ts';
import { storageNames, withStorageNames } from './storage-names.ts';
import { type CounterRow, countersOf } from './storage-use/counters.ts';
import { observationsOf, storageEvents } from './storage-use/observed.ts';
import { summarize } from './summary.ts';
import { type ConversionTimeline, conversionsOf } from './timelines/conversions.ts';
import { type Storm, stormsOf } from './timelines/storms.ts';
import { warningsOf } from './warnings/warnings.ts';

/** What a run says: everything that a report shows, computed once. */
export interface Analysis {
  run: Run;
  /** All, also those that do not count. */
  trials: readonly Trial[];
  /** The trials that count: of a contaminated one and its repeat only the repeat. */
  counted: readonly Trial[];
  /** Numbers of the trials that do not count, and the one that counts in their place. */
  setAside: ReadonlyMap<number, number>;
  /** The headline figures of the trials that do not count; empty where all do. */
  setAsideSeries: readonly Series[];
  groups: readonly SampleColumns[];
  sampleCount: number;
  series: SeriesResult[];
  /** What each level of each factor does to each headline figure, across matched arms. */
  effects: Effect[];
  /** What copy-on-write gains, what the other storage does, and whether they depend on each other. */
  decompositions: Decomposition[];
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
  /** What power cuts have lost, arm by arm; empty where none was made. */
  powerCuts: PowerCuts[];
  /** One migration an arm, to be drawn. */
  timelines: Timeline[];
  /** Downtime of conversions against the data on the disk; empty where sizes and methods were not crossed. */
  curves: CurveSet[];
  /** How guests came up that were created at once, of some arms. */
  storms: Storm[];
  /** One conversion an arm, to be drawn. */
  conversions: ConversionTimeline[];
  /** What the clients of the storages counted, arm by arm; empty where none can be read. */
  counters: CounterRow[];
  /** What the sentinel's job took between the trials; `figures`: seconds. */
  sentinel: readonly Event[];
  /** Whether all of it was simulated: then nothing depends on when, where and how fast it ran. */
  simulated: boolean;
  /** What else differs between what ran the guests; absent where all ran in one way. */
  setups?: Setups;
  /** How simulated clusters went on, arm by arm; empty where none was. */
  histories: History[];
  /** Of services behind a front: `time` in seconds from the start of the overload. */
  sharing: History[];
  /** What the run says of the claims of its scenario; empty where there are none. */
  claims: ClaimResult[];
  /** How many guests the storages carry; absent where the run was not made to tell. */
  capacity?: Capacity;
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
  /** Imported runs that stand beside it. */
  beside?: readonly RunRecord[];
  /** The events of these names. */
  eventsNamed?: (names: readonly string[]) => Iterable<Event>;
}

/** The same input gives the same analysis: resampling takes its numbers from the run's seed. */
export function analyse({
  margin = defaultMargin,
  warnings = [],
  events = () => [],
  eventsNamed = () => [],
  beside = [],
  ...input
}: AnalysisInput): Analysis {
  const named = withStorageNames(input);
  const { run, trials, groups } =
    beside.length === 0 ? withShownSystems(named) : joinImported(named, beside);
  const { counted, setAside } = countedTrials(trials);
  const series = buildSeries(run, counted, groups).map((one) => ({
    ...one,
    summaries: one.arms.map(summarize),
  }));
  const compared = compareWithBaseline(run, series, margin);
  const results = series.map((one, index) => ({ ...one, comparisons: compared[index] ?? [] }));
  const headlined = results.filter(isHeadline);
  const effects = effectsOf(
    run,
    headlined.filter((one) => !isTimeToRelief(one)),
    margin,
  );
  const kinds = new Set(series.map(({ key }) => key.kind));
  const own = ownPart({ run, trials: counted, series: results });
  const capacity = capacityForReport(own);
  const setups = setupsOf(run);
  const outages = outagesOf(own.run, own.trials, groups, own.series);
  const decompositions = decompositionsOf(own.run, own.series.filter(isDecomposed), margin);
  const powerCuts = powerCutsOf(own.run, own.series);
  const curves = downtimeCurves(own.run, own.series);
  const observed = observationsOf(eventsNamed(storageEvents), storageNames(input.run));
  return {
    run,
    trials,
    counted,
    setAside,
    setAsideSeries:
      setAside.size === 0
        ? []
        : buildSeries(
            run,
            trials.filter(({ trial }) => setAside.has(trial)),
            groups,
          ).filter(isHeadline),
    groups,
    sampleCount: groups.reduce((sum, { length }) => sum + length, 0),
    series: results,
    effects,
    decompositions,
    answer: answer(),
    caveats: [...caveatsOf(run, effects), ...readingsOf(run, headlined)],
    margin,
    warnings: [
      ...warnings,
      ...undeclared(run),
      ...warningsOf({ run, trials: counted, all: trials, setAside, series: results, outages }),
    ],
    badges: badges(run, kinds),
    ...(setups === undefined ? {} : { setups }),
    ...(outages === undefined ? {} : { outages }),
    ...(capacity === undefined ? {} : { capacity }),
    claims: evaluateClaims({ run: input.run, series: own.series }),
    powerCuts,
    timelines: outages === undefined ? [] : timelinesOf(run, counted, results, events),
    curves,
    storms: stormsOf(run, own.series, groups, events),
    conversions: conversionsOf(own.series, events),
    counters: countersOf(run, counted, observed),
    sentinel: observed.sentinel,
    simulated: isSimulated(run),
    histories: isSimulated(run) ? historiesOf(run, counted, eventsNamed) : [],
    sharing: historiesOf(run, counted, eventsNamed, sharingMoment),
  };

  function answer(): Sentence[] {
    const cuts = [
      ...powerCutSentences(run, powerCuts),
      ...curveSentences(curves, 3),
      ...hotplugSentences(own.run, own.series),
      ...reliefSentences(own.run, own.series),
    ];
    const last = lostInConversions(own.series);
    const most = mostSentences - last.length;
    return [...[...cuts, ...otherAnswers(Math.max(0, most - cuts.length))].slice(0, most), ...last];
  }

  function otherAnswers(mostSentences: number): Sentence[] {
    const leading = headlined.filter(
      (one) => isLeading(one) && !toldElsewhere.has(one.key.metric) && !isTimeToRelief(one),
    );
    const apart = decompositionSentences(decompositions, margin);
    const others = effects.filter(
      (effect) => !isTold(effect, decompositions) && effect.series.key.metric !== lostInConversion,
    );
    const rest = (most: number, some: readonly Effect[]) =>
      // Without effects it would describe what the others have told.
      some.length === 0 && apart.length > 0
        ? []
        : answerOf({
            ...{ run, series: leading, margin, effects: some, most: most - apart.length },
            ...(outages && { remark: (effect: Effect) => floorRemark(outages, effect) }),
          });
    if (outages === undefined) return byKind([...apart, ...rest(mostSentences, others)]);
    const { first, last } = migrationSentences(run, outages, effects);
    const most = mostSentences - first.length - last.length;
    const middle = rest(
      most,
      others.filter((effect) => isLeading(effect.series)),
    );
    return [...first, ...apart, ...middle, ...last];
  }
}

/** They have sentences of their own. */
const toldElsewhere = new Set([lostInCrash, lostInConversion]);

/** Headline figures, and how long all guests of a trial take together. */
function isDecomposed(one: SeriesResult): boolean {
  return (isHeadline(one) && isLeading(one)) || one.key.metric === 'creation.all';
}
