import { median } from 'simple-statistics';
import { UserError } from '../../../base/errors.ts';
import { didYouMean } from '../../../base/yaml/closest.ts';
import { oneOf } from '../../../base/yaml/one-of.ts';
import type { Interval } from '../../../base/stats/interval.ts';
import { medianRank } from '../../../base/stats/median-rank.ts';
import { type Random, seededRandom } from '../../../base/stats/random.ts';
import { type MatchedPair, ratioInterval } from '../../../base/stats/ratio-interval.ts';
import { levelNamed } from '../../scenario/claims/level-named.ts';
import type { Level, Run } from '../../results/schema.ts';
import { type ArmPair, crossedFactors, matchedPairs } from '../arms.ts';
import { badges } from '../badges.ts';
import { blockPairs } from '../block-pairs.ts';
import { incomparable } from '../incomparable.ts';
import type { Series } from '../series.ts';
import { seriesText } from '../series-text.ts';
import type { StoredRun } from '../stored/read-stored-run.ts';
import { confidenceOfEach, type Gate, type GateRow } from './gate.ts';
import { gateVerdict } from './gate-verdict.ts';
import { type GateOptions, isGated, nameOf } from './history-gate.ts';

/** The bounds of an interval of 99.9 % and more are far out: each needs a few resamples beyond it. */
const resamples = 20_000;

/**
 * How many times the one the other version is, both in every block of one run: the ratio of their medians
 * with whole blocks resampled, as in reports, but at the high confidence that a family of figures needs.
 * @param blocks values from 0 to Infinity
 * @returns undefined where so few blocks cannot carry that confidence (see `medianRank`), or none says anything
 */
export function interleavedRatio(
  blocks: readonly MatchedPair[],
  confidence: number,
  random: Random,
): Interval | undefined {
  if (blocks.length === 0 || medianRank(blocks.length, confidence) === undefined) return undefined;
  return ratioInterval(
    blocks.map((pair) => [pair]),
    { random, resamples, confidence },
  );
}

/**
 * Two levels of a factor that one run has interleaved, the first of them before, the other now.
 * @param asked `FACTOR`, or `FACTOR=BEFORE,NOW`
 * @throws UserError for a factor that is not crossed, or an unknown level
 */
export function levelGate(
  { run, series, kinds }: StoredRun,
  asked: string,
  { margin, familyError, metrics }: GateOptions,
): Gate {
  const { factor, base, other } = levelsOf(run, asked);
  const pairs = matchedPairs(run.arms, factor, base, other);
  const wanted = series
    .filter((one) => isGated(one, metrics))
    .flatMap((one) => pairs.map((pair) => ({ one, pair })))
    .filter(({ one, pair }) => (one.arms[pair.other] ?? []).length > 0);
  const confidence = confidenceOfEach(familyError, wanted.length);
  return {
    scenario: nameOf(run),
    runs: [run.id],
    against: { kind: 'levels', factor, base: String(base), other: String(other) },
    rows: wanted.map(({ one, pair }) => row(one, pair)),
    ...{ margin, familyError, confidence, differences: [], blocked: false, notes: [] },
    labels: badges(run, kinds),
  };

  function row(one: Series, pair: ArmPair): GateRow {
    const { metric } = one;
    const blocks = blockPairs(one, [pair]).flat();
    const common = {
      ...{ id: one.id, figure: seriesText(one).row, metric, arm: run.arms[pair.other] ?? {} },
      ...{ n: blocks.length, changes: [] },
    };
    const why = incomparable(run, one, pair.base, pair.other);
    if (why !== undefined) return { ...common, verdict: 'not-comparable', why };
    const middle = (side: 'baseline' | 'other') =>
      blocks.length === 0 ? undefined : median(blocks.map((block) => block[side]));
    const [before, now] = [middle('baseline'), middle('other')];
    const values = {
      ...(before !== undefined && { before }),
      ...(now !== undefined && { now }),
    };
    const interval = interleavedRatio(
      blocks,
      confidence,
      seededRandom(run.seed).fork(`gate ${one.id} ${pair.other}`),
    );
    if (interval === undefined) {
      return { ...common, ...values, verdict: 'inconclusive', why: 'too few blocks' };
    }
    const ratio = { estimate: interval.estimate, interval };
    return { ...common, ...values, ratio, verdict: gateVerdict(interval, metric.better, margin) };
  }
}

function levelsOf(run: Run, asked: string): { factor: string; base: Level; other: Level } {
  const [factor = '', rest] = asked.split(/=(.*)/s);
  const crossed = new Map(crossedFactors(run));
  const levels = crossed.get(factor);
  if (levels === undefined) {
    const names = [...crossed.keys()];
    throw new UserError({
      where: `--ab ${asked}`,
      message: `expected ${names.length === 0 ? 'a run that crosses a factor' : oneOf(names)}, got ${JSON.stringify(factor)}`,
      remedy:
        didYouMean(factor, names) ??
        "Make a run that interleaves both: virtgauge run SCENARIO --set 'factors.cpu=[qemu64,max]'",
    });
  }
  const words = rest === undefined ? levels.slice(0, 2).map(String) : rest.split(',');
  const [base, other] = words.map((word) => levelNamed(factor, word, levels));
  if (words.length === 2 && base !== undefined && other !== undefined && base !== other) {
    return { factor, base, other };
  }
  throw new UserError({
    where: `--ab ${asked}`,
    message: `expected two levels of ${factor}, ${oneOf(levels.map(String))}, got ${words.join(', ')}`,
    remedy: `Such as: --ab ${factor}=${levels.slice(0, 2).join(',')}`,
  });
}
