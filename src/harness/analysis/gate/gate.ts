import type { ChangePoint } from '../../../base/stats/change-points.ts';
import type { Arm, Metric } from '../../results/schema.ts';
import type { Ratio } from '../ratio.ts';
import type { GateVerdict } from './gate-verdict.ts';

/** One figure of one arm, now and before. */
export interface GateRow {
  /** `creation.total`, `guest-io.throughput job=randread` */
  id: string;
  /** As it stands in tables: `Throughput of all guests together, randread`. */
  figure: string;
  metric: Metric;
  /** With every level that tells the arms apart. */
  arm: Arm;
  /** In the metric's unit; absent where there is none. */
  now?: number;
  before?: number;
  /** Now over before, with its interval where there is one. */
  ratio?: Ratio;
  /** Earlier runs that have the figure; of an interleaved comparison the blocks. */
  n: number;
  verdict: GateVerdict;
  /** Why it is not comparable, or has no interval. */
  why?: string;
  /** A suspected regression, once its arm was measured again. */
  again?: 'confirmed' | 'not-confirmed';
  /** Where the series of runs changed, by the id of the first run after it. */
  changes: (ChangePoint & { run: string })[];
}

/** What a gate says. */
export interface Gate {
  scenario: string;
  /** Ids of the runs in question. */
  runs: string[];
  /** Against earlier runs, or two versions that were interleaved. */
  against: { kind: 'history'; runs: string[] } | { kind: 'versions'; before: string; now: string };
  rows: GateRow[];
  /** Half width of the range around 1 in which a difference does not matter. */
  margin: number;
  /** Chance of any false alarm among all rows, at most. */
  familyError: number;
  /** Of each interval, so that all of them together keep that chance. */
  confidence: number;
  /** What differs between where the runs were made. */
  differences: string[];
  /** Whether these differences forbid a verdict. */
  blocked: boolean;
  notes: string[];
  /** Emulation, stand-ins, … */
  labels: string[];
  /** The command that measures the suspected arms once more. */
  confirm?: string;
}

/**
 * The confidence of each of `count` intervals with which the chance that any of them misses is at most
 * `familyError` (Bonferroni): of a false regression it is about half of that.
 */
export function confidenceOfEach(familyError: number, count: number): number {
  return 1 - familyError / Math.max(1, count);
}

export type GateOutcome = 'good' | 'regression' | 'inconclusive';

/** A regression outweighs all; without one, good is only what is shown to be in every row. */
export function gateOutcome({ rows, blocked }: Pick<Gate, 'rows' | 'blocked'>): GateOutcome {
  if (blocked) return 'inconclusive';
  if (rows.some(({ verdict }) => verdict === 'regression')) return 'regression';
  const shown = rows.every(({ verdict }) => ['improvement', 'no-regression'].includes(verdict));
  return rows.length > 0 && shown ? 'good' : 'inconclusive';
}
