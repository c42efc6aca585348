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
import { fullArmIndex, fullArms, heldDifferences } from '../stored/full-arm.ts';
import type { StoredRun } from '../stored/read-stored-run.ts';
import { againstRuns, fewestRuns } from './against-runs.ts';
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
  const compared = first.series.filter((one) => isGated(one, metrics));
  const places = fullArms(first.run).map((arm) => armKey(arm));
  const wanted = compared.flatMap((series) =>
    places.flatMap((place, arm) =>
      (series.arms[arm] ?? []).length === 0 ? [] : [{ series, arm, place }],
    ),
  );
  const confidence = input.confidence ?? confidenceOfEach(familyError, wanted.length);
  const rows = wanted.map(({ series, arm, place }) => {
    const at = (stored: StoredRun) => {
      const level = levelOf(stored, series.id, place);
      return level === undefined ? [] : [{ run: stored.run, level }];
    };
    return row(series, first.run.arms[arm] ?? {}, current.flatMap(at), earlier.flatMap(at));
  });
  const differences = [...new Set(earlier.flatMap(({ run }) => whereDifferent(run, first.run)))];
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

  function row(
    series: Series,
    arm: Arm,
    now: { level: RunLevel }[],
    before: { run: Run; level: RunLevel }[],
  ): GateRow {
    const { metric } = series;
    const value = (levels: { level: RunLevel }[]) =>
      levels.length === 0
        ? undefined
        : Math.exp(levels.reduce((sum, { level }) => sum + level.log, 0) / levels.length);
    const [is, was] = [value(now), value(before)];
    const finite = before.filter(({ level }) => Number.isFinite(level.log));
    const common = {
      ...{ id: series.id, figure: seriesText(series).row, metric, arm, n: before.length },
      ...(is !== undefined && { now: is }),
      ...(was !== undefined && { before: was }),
      changes: changesOf(series.id, arm, finite),
    };
    if (is === undefined || (is === 0 && metric.better === 'lower')) {
      return { ...common, verdict: 'not-comparable', why: 'values of 0 or below make no ratio' };
    }
    if (was === undefined)
      return { ...common, verdict: 'inconclusive', why: 'no earlier run has it' };
    const ratio = is / was;
    const estimate = Number.isNaN(ratio) ? {} : { ratio: { estimate: ratio } };
    const lost = metric.better === 'higher' ? is === 0 : is === Infinity;
    if (lost && before.length >= fewestRuns && finite.length === before.length) {
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

function levelOf({ run, series }: StoredRun, id: string, place: string): RunLevel | undefined {
  const arm = fullArmIndex(run).get(place);
  const values = arm === undefined ? [] : (series.find((one) => one.id === id)?.arms[arm] ?? []);
  return runLevel(values.map(({ value }) => (value === -Infinity ? 0 : value)));
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
