import { binomialBound } from '../../../base/stats/binomial-bound.ts';
import { acknowledgedBeforeCrash, lostInCrash } from '../../measure/crash/metrics.ts';
import type { Arm, Run } from '../../results/schema.ts';
import { armIndex, armKey } from '../arms.ts';
import { seriesOf, type SeriesResult } from '../series-result.ts';

/** The level that acknowledges what is nowhere but in memory. */
const unsafe = 'unsafe';

/** What the power cuts of one arm have lost. */
export interface PowerCuts {
  /** Index of the arm. */
  arm: number;
  /** Power cuts after which the image was looked at. */
  n: number;
  /** How many of them lost an acknowledged write. */
  losing: number;
  /** Acknowledged writes that were lost in all of them together. */
  lost: number;
  acknowledged: number;
  /** The share of power cuts that may lose some, as far as so many tell (95 %, exact binomial). */
  bound: number;
  /**
   * `control`: it must lose. `lost`: it has. `kept`: it has not, and its control has shown that a loss
   * would be seen. `not-testable`: it has not, and there is no such control.
   */
  verdict: 'control' | 'lost' | 'kept' | 'not-testable';
  /** Index of the arm that differs in its cache alone and is unsafe; undefined if there is none. */
  control?: number;
}

/** A control that loses in less than this share of its power cuts shows little. */
const convincing = 0.5;

/** Whether a positive control has shown that losses are seen. */
export function isConvincing({ n, losing }: Pick<PowerCuts, 'n' | 'losing'>): boolean {
  return losing >= n * convincing;
}

/** By arm; empty where no power was cut. */
export function powerCutsOf(run: Run, series: readonly SeriesResult[]): PowerCuts[] {
  const lost = seriesOf({ series }, lostInCrash)[0];
  const acknowledged = seriesOf({ series }, acknowledgedBeforeCrash)[0];
  if (lost === undefined) return [];
  const values = (one: SeriesResult | undefined, arm: number) =>
    (one?.arms[arm] ?? [])
      .filter(({ outcome }) => outcome === 'completed')
      .map(({ value }) => value);
  const sum = (all: readonly number[]) => all.reduce((total, value) => total + value, 0);
  const counts = run.arms.map((_, arm) => {
    const each = values(lost, arm);
    const losing = each.filter((value) => value > 0).length;
    return {
      n: each.length,
      losing,
      lost: sum(each),
      acknowledged: sum(values(acknowledged, arm)),
    };
  });
  const index = armIndex(run.arms);
  return run.arms.flatMap((levels, arm): PowerCuts[] => {
    const own = counts[arm];
    if (own === undefined || own.n === 0) return [];
    const common = { arm, ...own, bound: binomialBound(own.losing, own.n) };
    if (cacheOf(run, levels) === unsafe) return [{ ...common, verdict: 'control' }];
    const control = index.get(armKey({ ...levels, cache: unsafe }));
    const shown = control === undefined ? undefined : counts[control];
    const verdict =
      own.losing > 0
        ? 'lost'
        : shown !== undefined && shown.n > 0 && isConvincing(shown)
          ? 'kept'
          : 'not-testable';
    return [{ ...common, verdict, ...(control !== undefined && shown?.n !== 0 && { control }) }];
  });
}

function cacheOf({ scenario }: Run, arm: Arm): unknown {
  if (arm['cache'] !== undefined) return arm['cache'];
  const { fixed } = scenario;
  return typeof fixed === 'object' && fixed !== null && 'cache' in fixed ? fixed.cache : undefined;
}
