import { seededRandom } from '../../base/stats/random.ts';
import { verdict } from '../../base/stats/verdict.ts';
import { systemFactor } from '../results/provenance.ts';
import type { Level, Run } from '../results/schema.ts';
import { type ArmPair, crossedFactors, matchedPairs } from './arms.ts';
import { isNoiseFloor } from './badges.ts';
import { blockPairs } from './block-pairs.ts';
import { isOwn } from './imported/systems.ts';
import { incomparable } from './incomparable.ts';
import { judge, type Judgement } from './judgement.ts';
import { type Ratio, ratioOf } from './ratio.ts';
import type { TrialValue } from './series.ts';
import type { SeriesResult } from './series-result.ts';

/** What going from the base level of a factor to another does to one figure. */
export interface Effect {
  series: SeriesResult;
  factor: string;
  base: Level;
  level: Level;
  /** The arms compared: all that differ in this factor only. */
  pairs: ArmPair[];
  /** Pairs of arms left out because of trials without a figure. */
  leftOut: number;
  /** Blocks in which all these arms have a trial. */
  blocks: number;
  /** Trials of all arms concerned, and how many of them failed or did not converge. */
  trials: number;
  failed: number;
  notConverged: number;
  ratio?: Ratio;
  judgement: Judgement;
  /** The storages compared lie on one device. */
  noiseFloor: boolean;
  /** Another factor on whose level the effect depends, with the ratio at each end of it. */
  interaction?: Interaction;
}

/** The effect at two levels of another factor, where it is not the same at both. */
export interface Interaction {
  factor: string;
  at: { level: Level; ratio: number }[];
}

/** The effect of each level of each crossed factor on each of the series. */
export function effectsOf(run: Run, series: readonly SeriesResult[], margin: number): Effect[] {
  return series
    .filter(({ metric }) => metric.better !== 'neither')
    .flatMap((one) =>
      crossedFactors(run).flatMap(([factor, [base, ...levels]]) =>
        base === undefined
          ? []
          : levels.flatMap((level) => effectOf(run, one, { factor, base, level }, margin) ?? []),
      ),
    );
}

function effectOf(
  run: Run,
  series: SeriesResult,
  { factor, base, level }: Pick<Effect, 'factor' | 'base' | 'level'>,
  margin: number,
): Effect | undefined {
  const pairs = matchedPairs(run.arms, factor, base, level).filter(
    (pair) =>
      (factor === systemFactor || isOwn(run, run.arms[pair.base] ?? {})) &&
      series.summaries[pair.base] !== undefined &&
      series.summaries[pair.other] !== undefined,
  );
  if (pairs.length === 0) return undefined;
  const trials = pairs.flatMap(trialsOf);
  // An arm that never converges shall not hide what the others say; that it does not is said as well.
  const converging = pairs.filter(
    (pair) => ![pair.base, pair.other].some((arm) => neverConverges(series.arms[arm] ?? [])),
  );
  const compared = converging.length > 0 ? converging : pairs;
  const why = compared
    .map((pair) => incomparable(run, series, pair.base, pair.other))
    .find((one) => one !== undefined);
  const random = seededRandom(run.seed).fork(`${series.id} ${factor}=${String(level)}`);
  const sound = compared.filter((pair) =>
    trialsOf(pair).every(({ outcome }) => outcome === 'completed'),
  );
  // What cannot be compared may have figures of which there is no ratio.
  const ratio = why === undefined ? ratioOf(blockPairs(series, compared), random) : undefined;
  // Few trials and one without a figure leave the interval of all open; the other pairs still say something.
  const used = isOpen(ratio) && sound.length > 0 ? sound : compared;
  const common = {
    series,
    factor,
    base,
    level,
    pairs: used,
    leftOut: pairs.length - used.length,
    trials: trials.length,
    failed: trials.filter(({ outcome }) => outcome === 'failed').length,
    notConverged: trials.filter(({ outcome }) => outcome === 'not-converged').length,
    noiseFloor: factor === 'storage' && isNoiseFloor(run, base, level),
  };
  if (why !== undefined) {
    return { ...common, blocks: 0, judgement: { kind: 'not-comparable', why } };
  }
  const blocks = blockPairs(series, used);
  const final = used === compared ? ratio : ratioOf(blocks, random);
  const interaction = interactionOf(run, series, common, margin);
  return {
    ...common,
    blocks: blocks.length,
    ...(final === undefined ? {} : { ratio: final }),
    judgement: judge(final, blocks.length, margin),
    ...(interaction === undefined ? {} : { interaction }),
  };

  function trialsOf({ base: from, other }: ArmPair) {
    return [...(series.arms[from] ?? []), ...(series.arms[other] ?? [])];
  }
}

function neverConverges(trials: readonly TrialValue[]): boolean {
  return (
    trials.some(({ outcome }) => outcome === 'not-converged') &&
    !trials.some(({ outcome }) => outcome === 'completed')
  );
}

/** Whether trials without a figure reach into the bounds of the interval. */
function isOpen(ratio: Ratio | undefined): boolean {
  const interval = ratio?.interval;
  return interval !== undefined && !(interval.low > 0 && Number.isFinite(interval.high));
}

/** The factor on which the effect depends most, if its dependence is beyond noise and the margin. */
function interactionOf(
  run: Run,
  series: SeriesResult,
  { factor, level, pairs }: Pick<Effect, 'factor' | 'level' | 'pairs'>,
  margin: number,
): Interaction | undefined {
  let strongest: { size: number; interaction: Interaction } | undefined;
  for (const [other, levels] of crossedFactors(run)) {
    if (other === factor) continue;
    const [first, ...rest] = levels as [Level, ...Level[]];
    for (const second of rest) {
      const at = (chosen: Level) => pairs.filter(({ base }) => run.arms[base]?.[other] === chosen);
      const [here, there] = [at(first), at(second)];
      if (here.length === 0 || here.length !== there.length) continue;
      const random = seededRandom(run.seed).fork(
        `${series.id} ${factor}=${String(level)} ${other}=${String(second)}`,
      );
      // Turning one half around makes the mean ratio the root of the ratio between the two effects.
      const turned = there.map(({ base, other: to }) => ({ base: to, other: base }));
      const root = ratioOf(blockPairs(series, [...here, ...turned]), random)?.interval;
      if (root === undefined || !(root.estimate > 0)) continue;
      if (verdict({ low: root.low ** 2, high: root.high ** 2 }, margin) !== 'different') continue;
      const size = Math.abs(Math.log(root.estimate));
      if (strongest !== undefined && strongest.size >= size) continue;
      const ratios = [first, second].map((one) => ({
        level: one,
        ratio: ratioOf(blockPairs(series, at(one)), random)?.estimate ?? NaN,
      }));
      strongest = { size, interaction: { factor: other, at: ratios } };
    }
  }
  return strongest?.interaction;
}
