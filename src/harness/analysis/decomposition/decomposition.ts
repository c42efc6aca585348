import {
  contrast,
  logMedians,
  percentileBounds,
  quotient,
} from '../../../base/stats/log-contrasts.ts';
import type { Resampled } from '../../../base/stats/log-contrasts.ts';
import { seededRandom } from '../../../base/stats/random.ts';
import type { Arm, Level, Run } from '../../results/schema.ts';
import { isNoiseFloor } from '../badges.ts';
import { incomparable } from '../incomparable.ts';
import { judge, type Judgement } from '../judgement.ts';
import { armBlocks } from '../block-pairs.ts';
import type { SeriesResult } from '../series-result.ts';
import { type Cross, crossesOf } from './crosses.ts';
import { type PartName, partNames, partWeights } from './parts.ts';

/** One part of a gain, and how sure it is. */
export interface Part {
  /**
   * How many times as good: times as fast for a time, times as high where more is better. Of the
   * interaction: how many times the two together are what they are apart.
   */
  gain: number;
  interval?: Bounds;
  /** Share of the whole gain on the log scale; main effects only, and only where there is a whole gain. */
  share?: { value: number; interval: Bounds };
  judgement: Judgement;
}

export interface Bounds {
  low: number;
  high: number;
}

/** The gain from a full copy on one storage to a clone on another, taken apart. */
export interface Decomposition {
  series: SeriesResult;
  base: Level;
  other: Level;
  /** Levels of the other factors; undefined where it is the geometric mean over several of them. */
  rest?: Arm;
  crosses: readonly Cross[];
  /** Crosses left out because of trials without a figure. */
  leftOut: number;
  /** Blocks in which all the arms have a trial. */
  blocks: number;
  trials: number;
  failed: number;
  notConverged: number;
  /** The storages lie on one device: what is said of them is noise. */
  noiseFloor: boolean;
  /** Absent where the figures must not be compared. */
  parts?: Readonly<Record<PartName, Part>>;
  /** Why there are no parts. */
  why?: string;
}

/**
 * Takes the gain of each series apart: for every pair of storages one decomposition over all other
 * levels, and where there are several combinations of these one for each.
 */
export function decompositionsOf(
  run: Run,
  series: readonly SeriesResult[],
  margin: number,
): Decomposition[] {
  const crosses = crossesOf(run);
  const others = [...new Set(crosses.map(({ other }) => other))];
  return series
    .filter(({ metric }) => metric.better !== 'neither')
    .flatMap((one) =>
      others.flatMap((other) => {
        const own = crosses.filter(
          (cross) =>
            cross.other === other && cross.arms.every((arm) => (one.arms[arm] ?? []).length > 0),
        );
        if (own.length === 0) return [];
        const each = own.map((cross) => decompose(run, one, [cross], margin));
        if (each.length === 1) return each;
        // A combination with failed trials shall not leave open what the others say.
        const sound = own.filter((_, index) => isSound(each[index]));
        const used = sound.length > 0 ? sound : own;
        const whole = decompose(run, one, used, margin);
        const lost = each.reduce(
          (sum, { failed, notConverged, trials }) => ({
            failed: sum.failed + failed,
            notConverged: sum.notConverged + notConverged,
            trials: sum.trials + trials,
          }),
          { failed: 0, notConverged: 0, trials: 0 },
        );
        return [{ ...whole, ...lost, leftOut: own.length - used.length }, ...each];
      }),
    );
}

function isSound(one: Decomposition | undefined): boolean {
  if (one?.parts === undefined) return false;
  const { low = 1, high = 1 } = one.parts.interaction.interval ?? {};
  return low > 0 && Number.isFinite(high) && Number.isFinite(one.parts.interaction.gain);
}

function decompose(
  run: Run,
  series: SeriesResult,
  crosses: readonly Cross[],
  margin: number,
): Decomposition {
  const [first] = crosses as [Cross];
  const arms = crosses.flatMap((cross) => cross.arms);
  const trials = arms.flatMap((arm) => series.arms[arm] ?? []);
  const blocks = armBlocks(series, arms);
  const common = {
    series,
    base: first.base,
    other: first.other,
    ...(crosses.length === 1 ? { rest: first.rest } : {}),
    crosses,
    leftOut: 0,
    blocks: blocks.length,
    trials: trials.length,
    failed: trials.filter(({ outcome }) => outcome === 'failed').length,
    notConverged: trials.filter(({ outcome }) => outcome === 'not-converged').length,
    noiseFloor: isNoiseFloor(run, first.base, first.other),
  };
  const why =
    blocks.length === 0
      ? 'no block has a trial of all four arms'
      : crosses
          .flatMap(({ arms: [base, ...others] }) =>
            others.map((other) => incomparable(run, series, base, other)),
          )
          .find((one) => one !== undefined);
  if (why !== undefined) return { ...common, why };
  const random = seededRandom(run.seed).fork(
    `decomposition ${series.id} ${String(first.other)} ${JSON.stringify(common.rest ?? {})}`,
  );
  const logs = logMedians(blocks, { random });
  const sign = (series.metric.better === 'lower' ? -1 : 1) / crosses.length;
  const contrasts = new Map(
    partNames.map((name) => [
      name,
      contrast(
        logs,
        crosses.flatMap(() => partWeights[name].map((weight) => weight * sign)),
      ),
    ]),
  );
  const whole = contrasts.get('whole') as Resampled;
  const gained =
    whole.estimate > 0 && partOf(whole, blocks.length, margin).judgement.kind === 'different';
  const parts = Object.fromEntries(
    [...contrasts].map(([name, own]) => {
      const part = partOf(own, blocks.length, margin);
      const share =
        gained && (name === 'copy-on-write' || name === 'storage')
          ? shareOf(quotient(own, whole))
          : undefined;
      return [name, { ...part, ...(share === undefined ? {} : { share }) }];
    }),
  ) as Record<PartName, Part>;
  return { ...common, parts };
}

function partOf(log: Resampled, blocks: number, margin: number): Part {
  const bounds = percentileBounds(log);
  const interval = bounds && { low: Math.exp(bounds.low), high: Math.exp(bounds.high) };
  const gain = Math.exp(log.estimate);
  const ratio =
    Number.isNaN(gain) || interval === undefined
      ? undefined
      : { estimate: gain, interval: { estimate: gain, ...interval, confidence: 0.95 } };
  return {
    gain,
    ...(interval === undefined ? {} : { interval }),
    judgement: judge(ratio, blocks, margin),
  };
}

function shareOf(share: Resampled): Part['share'] {
  const interval = percentileBounds(share);
  return interval === undefined || !Number.isFinite(share.estimate)
    ? undefined
    : { value: share.estimate, interval };
}
