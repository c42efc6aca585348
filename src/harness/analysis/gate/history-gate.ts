import { UserError } from '../../../base/errors.ts';
import { changePoints } from '../../../base/stats/change-points.ts';
import { seededRandom } from '../../../base/stats/random.ts';
import type { Arm, Run } from '../../results/schema.ts';
import { armKey } from '../arms.ts';
import { badges } from '../badges.ts';
import { isHeadline } from '../series-result.ts';
import type { Series } from '../series.ts';
import { seriesText } from '../series-text.ts';
import { whereDifferent, whyNotCompared } from '../stored/comparable-runs.ts';
import { identityOf } from '../stored/identity.ts';
import { requireMetrics } from '../stored/known-metrics.ts';
import { fullArmIndex, fullArms, heldDifferences } from '../stored/full-arm.ts';
import type { StoredRun } from '../stored/read-stored-run.ts';
import { againstRuns, fewestRuns } from './against-runs.ts';
import { verdictByShare } from './by-share.ts';
import { confidenceOfEach, type Gate, type GateRow } from './gate.ts';
import { gateVerdict } from './gate-verdict.ts';
import { type RunLevel, runLevel } from './run-level.ts';

export interface GateOptions {
  margin: number;
  /** Chance of any false alarm among all rows. */
  familyError: number;
  /** Of each interval; by default so that all together keep `familyError`. */
  confidence?: number | undefined;
  /** Names of metrics; by default those that the summary speaks of. */
  metrics?: readonly string[] | undefined;
}

export interface HistoryGateInput extends GateOptions {
  /** The runs in question: one, or several of the same version. */
  current: readonly StoredRun[];
  /** Oldest first. */
  earlier: readonly StoredRun[];
  /** Whether a difference between environments forbids a verdict. */
  environment: 'block' | 'annotate';
  notes: readonly string[];
}

/** Below so many runs a change of level is told by the comparison itself. */
const enoughForChanges = 10;

/**
 * Runs against earlier ones of their scenario, figure by figure and arm by arm.
 * @throws UserError if runs must not be compared: other accelerators, other jobs
 */
export function historyGate(input: HistoryGateInput): Gate {
  const { current, earlier, margin, familyError, metrics, environment, notes } = input;
  const [first] = current;
  if (first === undefined) throw new Error('expected a run at least');
  refuse([...current.slice(1), ...earlier], first.run);
  refuseTwice(current);
  requireMetrics(
    [...current, ...earlier].map(({ run }) => run),
    metrics,
  );
  // Also what earlier runs had and these have not: a figure that is gone is no figure that is good.
  const compared = new Map<string, Series>();
  for (const one of [...current, ...earlier].flatMap(({ series }) => series)) {
    if (isGated(one, metrics) && !compared.has(one.id)) compared.set(one.id, one);
  }
  const places = fullArms(first.run).map((arm) => armKey(arm));
  const wanted = [...compared.values()].flatMap((series) =>
    places.flatMap((place, index) => {
      const at = (stored: StoredRun) => levelOf(stored, series.id, place) ?? [];
      const [now, before] = [current.flatMap(at), earlier.flatMap(at)];
      const arm = first.run.arms[index] ?? {};
      return now.length + before.length === 0 ? [] : [{ series, arm, place, now, before }];
    }),
  );
  const confidence = input.confidence ?? confidenceOfEach(familyError, wanted.length);
  const rows = wanted.map(row);
  const differences = [
    ...new Set(
      current.flatMap((now, index) =>
        [...current.slice(0, index), ...earlier].flatMap(({ run }) => whereDifferent(run, now.run)),
      ),
    ),
  ];
  const versions = new Set([...earlier, ...current].map(({ run }) => run.environment.virtgauge));
  return {
    scenario: nameOf(first.run),
    runs: current.map(({ run }) => run.id),
    against: { kind: 'history', runs: earlier.map(({ run }) => run.id) },
    rows,
    ...{ margin, familyError, confidence, differences },
    blocked: differences.length > 0 && environment === 'block',
    notes: [
      ...notes,
      ...(earlier.length < fewestRuns
        ? [
            `${earlier.length} earlier ${earlier.length === 1 ? 'run' : 'runs'}: the noise between runs is known from ${fewestRuns} separate ones on.`,
          ]
        : []),
      ...(versions.size > 1
        ? [`The runs were made by different versions of virtgauge: ${[...versions].join(', ')}.`]
        : []),
    ],
    labels: badges(first.run, first.kinds),
  };

  function row({ series, arm, place, now, before }: Wanted): GateRow {
    const { metric } = series;
    const [is, was] = [valueOf(now), valueOf(before)];
    const finite = before.filter(({ level }) => Number.isFinite(level.log));
    const steady = before.length >= fewestRuns && finite.length === before.length;
    const common = {
      ...{ id: series.id, figure: seriesText(series).row, metric, arm, n: before.length },
      ...(is !== undefined && !Number.isNaN(is) && { now: is }),
      ...(was !== undefined && !Number.isNaN(was) && { before: was }),
      changes: changesOf(series.id, arm, finite),
    };
    if (was === undefined)
      return { ...common, verdict: 'inconclusive', why: 'no earlier run has it' };
    if (is === undefined) {
      const failed = current.some((stored) => allFailed(stored, place));
      return failed
        ? { ...common, verdict: steady ? 'regression' : 'inconclusive', why: 'all trials failed' }
        : { ...common, verdict: 'inconclusive', why: 'earlier runs have it, this one has not' };
    }
    if (Number.isNaN(is) || Number.isNaN(was)) {
      return { ...common, verdict: 'not-comparable', why: 'values below 0 make no ratio' };
    }
    if (before.length >= fewestRuns && metric.better === 'lower') {
      const all = (levels: readonly Level[]) => levels.flatMap(({ values }) => values);
      const byShare = verdictByShare({ before: all(before), now: all(now) }, confidence);
      if (byShare !== undefined) return { ...common, ...byShare };
    }
    const ratio = is / was;
    const estimate = Number.isNaN(ratio) ? {} : { ratio: { estimate: ratio } };
    const lost = metric.better === 'higher' ? is === 0 : is === Infinity;
    if (lost && steady) {
      return { ...common, ...estimate, verdict: 'regression', why: 'half of its trials failed' };
    }
    const interval = againstRuns(
      finite.map(({ level }) => level),
      now.map(({ level }) => level),
      confidence,
    );
    if (interval === undefined || finite.length < before.length) {
      const why =
        before.length < fewestRuns
          ? `${before.length} of the ${fewestRuns} earlier runs needed`
          : 'half of the trials of a run failed';
      return { ...common, ...estimate, verdict: 'inconclusive', why };
    }
    return {
      ...common,
      ratio: { estimate: interval.estimate, interval },
      verdict: gateVerdict(interval, metric.better, margin),
    };
  }
}

/** Figures that may get better or worse. */
export function isGated(series: Series, metrics: readonly string[] | undefined): boolean {
  if (series.metric.better === 'neither') return false;
  return metrics === undefined ? isHeadline(series) : metrics.includes(series.key.metric);
}

export function nameOf({ scenario, id }: Run): string {
  const { name } = scenario;
  return typeof name === 'string' ? name : id;
}

/** @throws UserError naming every run that must not be compared with this one, and why */
function refuse(others: readonly StoredRun[], now: Run): void {
  const problems = others.flatMap(({ folder, run }) => {
    const why = whyNotCompared(run, now);
    const [first] = fullArmIndex(now).keys();
    const known = fullArmIndex(run);
    const common =
      first === undefined || [...fullArmIndex(now).keys()].some((key) => known.has(key));
    const held = common
      ? []
      : [`no arm is the same: ${heldDifferences(run, now).join('; ') || 'its factors are others'}`];
    return [...why, ...held].map((text) => ({
      where: folder,
      message: `expected a run that can be compared with ${now.id}, but ${text}`,
      remedy: 'Take it out of the folder, or compare under another name of the scenario.',
    }));
  });
  if (problems.length > 0) throw new UserError(problems);
}

/** A run and its copy are one run: they say nothing of the noise between runs. */
function refuseTwice(current: readonly StoredRun[]): void {
  const seen = new Map<string, StoredRun>();
  for (const stored of current) {
    const before = seen.get(identityOf(stored.run));
    if (before !== undefined) {
      throw new UserError({
        where: stored.folder,
        message: `expected another run, got ${stored.run.id} a second time (the first is ${before.folder})`,
        remedy: 'Name each run once.',
      });
    }
    seen.set(identityOf(stored.run), stored);
  }
}

/** A figure of one arm in one run. */
interface Level {
  run: Run;
  /** Of its trials: where more is better, one that failed is 0. */
  values: readonly number[];
  /** NaN where values lie below 0. */
  level: RunLevel;
}

/** A figure of one arm, in the runs that have it. */
interface Wanted {
  series: Series;
  arm: Arm;
  /** The arm by all its levels. */
  place: string;
  now: readonly Level[];
  before: readonly Level[];
}

function levelOf({ run, series }: StoredRun, id: string, place: string): Level | undefined {
  const arm = fullArmIndex(run).get(place);
  const trials = arm === undefined ? [] : (series.find((one) => one.id === id)?.arms[arm] ?? []);
  if (trials.length === 0) return undefined;
  const values = trials.map(({ value }) => (value === -Infinity ? 0 : value));
  const level = runLevel(values) ?? { log: NaN, variance: undefined, n: values.length };
  return { run, values, level };
}

/** The geometric mean of runs; undefined for none. */
function valueOf(levels: readonly Level[]): number | undefined {
  if (levels.length === 0) return undefined;
  return Math.exp(levels.reduce((sum, { level }) => sum + level.log, 0) / levels.length);
}

/** Whether a run tried an arm, and nothing came of it. */
function allFailed({ run, trials }: StoredRun, place: string): boolean {
  const arm = run.arms[fullArmIndex(run).get(place) ?? -1];
  if (arm === undefined) return false;
  const own = trials.filter((trial) => armKey(trial.arm) === armKey(arm));
  return (
    own.length > 0 && own.every(({ state }) => state === 'failed' || state === 'not-converged')
  );
}

function changesOf(
  id: string,
  arm: Arm,
  before: readonly { run: Run; level: RunLevel }[],
): GateRow['changes'] {
  if (before.length < enoughForChanges) return [];
  const random = seededRandom('change points').fork(`${id} ${armKey(arm)}`);
  return changePoints(
    before.map(({ level }) => level.log),
    { random },
  ).map((change) => ({ ...change, run: before[change.index]?.run.id ?? '' }));
}
