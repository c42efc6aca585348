import { UserError } from '../../../base/errors.ts';
import { systemFactor } from '../../results/provenance.ts';
import type { Arm, Metric, Run } from '../../results/schema.ts';
import { armKey } from '../arms.ts';
import { badges } from '../badges.ts';
import { isHeadline } from '../series-result.ts';
import { seriesId, type Series } from '../series.ts';
import { seriesText } from '../series-text.ts';
import { whyNotCompared } from '../stored/comparable-runs.ts';
import { requireMetrics } from '../stored/known-metrics.ts';
import { fullArms } from '../stored/full-arm.ts';
import type { StoredRun } from '../stored/read-stored-run.ts';
import { summarize, type Summary } from '../summary.ts';
import { type Difference, differencesBetween } from './run-facts.ts';

/** One figure of one arm in all runs. */
export interface ComparedRow {
  id: string;
  figure: string;
  metric: Metric;
  /** The levels that tell the rows apart. */
  arm: Arm;
  /** By run; undefined where it has none. */
  cells: (ComparedCell | undefined)[];
}

export interface ComparedCell {
  summary: Summary;
  /** Over the median of the first run; absent for the first, and where either was imported. */
  ratio?: number;
}

/** Runs beside each other. */
export interface ComparedRuns {
  runs: { id: string; startedAt: string; labels: string[]; imported: boolean }[];
  differences: Difference[];
  rows: ComparedRow[];
}

export interface CompareOptions {
  /** Names of metrics; by default those that the summary speaks of. */
  metrics?: readonly string[] | undefined;
}

/**
 * Any number of runs and imported results beside each other, arm by arm. Ratios have no interval: how much
 * two runs differ by chance cannot be told from one of each.
 * @throws UserError if two of them must not be compared, or none has a metric that is asked for
 */
export function compareRuns(
  stored: readonly StoredRun[],
  { metrics }: CompareOptions = {},
): ComparedRuns {
  refuse(stored);
  requireMetrics(
    stored.map(({ run }) => run),
    metrics,
  );
  const rows = new Map<string, ComparedRow>();
  const places = new Map<string, Arm>();
  // Imports declare only some levels: they find their place among the arms of the others.
  const order = [...stored.keys()].sort(
    (a, b) => Number(isImport(stored[a]?.run)) - Number(isImport(stored[b]?.run)),
  );
  for (const at of order) {
    const { run, series } = stored[at] as StoredRun;
    const arms = isImport(run)
      ? run.arms.map((arm) => placeOf(arm, [...places.values()]))
      : fullArms(run);
    for (const arm of arms) places.set(armKey(arm), arm);
    for (const one of series) {
      if (metrics === undefined ? !isHeadline(one) : !metrics.includes(one.key.metric)) continue;
      addRow(one, arms, at);
    }
  }
  const told = tellingFactors([...rows.values()].map(({ arm }) => arm));
  return {
    runs: stored.map(({ run, kinds }) => ({
      ...{ id: run.id, startedAt: run.startedAt, labels: badges(run, kinds) },
      imported: isImport(run),
    })),
    differences: differencesBetween(stored.map(({ run }) => run)),
    rows: [...rows.values()].map((row) => ({
      ...row,
      arm: Object.fromEntries(Object.entries(row.arm).filter(([factor]) => told.has(factor))),
      cells: withRatios(row.cells),
    })),
  };

  function addRow(one: Series, arms: readonly Arm[], at: number): void {
    const key = one.key.kind === 'imported' ? { ...one.key, kind: 'measured' as const } : one.key;
    const id = seriesId(key);
    one.arms.forEach((trials, index) => {
      const arm = arms[index] ?? {};
      const summary = summarize(trials);
      if (summary === undefined) return;
      const place = `${id} ${armKey(arm)}`;
      let row = rows.get(place);
      if (row === undefined) {
        const figure = seriesText({ key, metric: one.metric }).row;
        const cells = stored.map(() => undefined);
        rows.set(place, (row = { id, figure, metric: one.metric, arm, cells }));
      }
      row.cells[at] = { summary };
    });
  }

  function withRatios(cells: ComparedRow['cells']): ComparedRow['cells'] {
    const [first] = cells;
    return cells.map((cell, at) => {
      const foreign = isImport(stored[0]?.run) || isImport(stored[at]?.run);
      if (cell === undefined || first === undefined || at === 0 || foreign) return cell;
      const medians = [cell.summary.median, first.summary.median] as const;
      const ratio = medians[0] / medians[1];
      // The median of an arm that mostly failed is infinite, to either side: no figure to divide.
      return medians.every(Number.isFinite) && !Number.isNaN(ratio) ? { ...cell, ratio } : cell;
    });
  }
}

function isImport(run: Run | undefined): boolean {
  return run?.imported !== undefined;
}

/** The only known arm that agrees in all that is declared; its own place where there are others or none. */
function placeOf(declared: Arm, known: readonly Arm[]): Arm {
  const levels = Object.entries(declared).filter(([factor]) => factor !== systemFactor);
  const fitting = known.filter((arm) => levels.every(([factor, level]) => arm[factor] === level));
  return (fitting.length === 1 ? fitting[0] : undefined) ?? declared;
}

/** Factors that have more than one level among these arms. */
function tellingFactors(arms: readonly Arm[]): Set<string> {
  const factors = new Set(arms.flatMap((arm) => Object.keys(arm)));
  return new Set([...factors].filter((factor) => new Set(arms.map((arm) => arm[factor])).size > 1));
}

function refuse(stored: readonly StoredRun[]): void {
  const own = stored.filter(({ run }) => !isImport(run));
  const [first, ...others] = own;
  if (first === undefined) return;
  const problems = others.flatMap(({ folder, run }) =>
    whyNotCompared(run, first.run).map((why) => ({
      where: folder,
      message: `expected a run that can be compared with ${first.run.id}, but ${why}`,
      remedy: 'Leave one of them out.',
    })),
  );
  if (problems.length > 0) throw new UserError(problems);
}
