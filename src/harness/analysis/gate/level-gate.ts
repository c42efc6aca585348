import type { Interval } from '../../../base/stats/interval.ts';
import { medianRank } from '../../../base/stats/median-rank.ts';
import { type Random, seededRandom } from '../../../base/stats/random.ts';
import { type MatchedPair, ratioInterval } from '../../../base/stats/ratio-interval.ts';
import type { Arm } from '../../results/schema.ts';
import { armIndex, armKey, type ArmPair } from '../arms.ts';
import { badges } from '../badges.ts';
import { blockPairs } from '../block-pairs.ts';
import { incomparable } from '../incomparable.ts';
import { middleOf } from '../middle.ts';
import type { Series } from '../series.ts';
import { seriesText } from '../series-text.ts';
import { requireMetrics } from '../stored/known-metrics.ts';
import type { StoredRun } from '../stored/read-stored-run.ts';
import { verdictByShare } from './by-share.ts';
import { confidenceOfEach, type Gate, type GateRow } from './gate.ts';
import { gateVerdict } from './gate-verdict.ts';
import { type GateOptions, isGated, nameOf } from './history-gate.ts';
import { versionPairs, versionsOf } from './run-versions.ts';

/** The bounds of an interval of 99.9 % and more are far out: each needs a few resamples beyond it. */
const resamples = 20_000;

/**
 * How many times the one the other version is, both in every block of one run: the ratio of their medians
 * with whole blocks resampled, as in reports, but at the high confidence that a family of figures needs.
 * @param blocks see `ratioInterval`
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
 * Two versions that one run has interleaved, the first of them before, the other now. Runs of the same
 * arms, made to confirm, add their blocks.
 * @param asked see `parseVersions`
 * @throws UserError for factors that are not crossed, or unknown levels
 */
export function levelGate(
  runs: readonly [StoredRun, ...StoredRun[]],
  asked: readonly string[],
  { margin, familyError, metrics, ...options }: GateOptions,
): Gate {
  const [{ run, series, kinds }] = runs;
  requireMetrics(
    runs.map((stored) => stored.run),
    metrics,
  );
  const versions = versionsOf(run, asked);
  const pairs = versionPairs(run.arms, versions);
  const wanted = series
    .filter((one) => isGated(one, metrics))
    .flatMap((one) => pairs.map((pair) => ({ one, pair })))
    .filter(({ one, pair }) => [pair.base, pair.other].some((arm) => one.arms[arm]?.length));
  const confidence = options.confidence ?? confidenceOfEach(familyError, wanted.length);
  return {
    scenario: nameOf(run),
    runs: runs.map(({ run: { id } }) => id),
    against: {
      kind: 'versions',
      before: versionText(versions.before),
      now: versionText(versions.now),
    },
    rows: wanted.map(({ one, pair }) => row(one, pair)),
    ...{ margin, familyError, confidence, differences: [], blocked: false, notes: [] },
    labels: badges(run, kinds),
  };

  function row(one: Series, pair: ArmPair): GateRow {
    const { metric } = one;
    const [base, other] = [pair.base, pair.other].map((index) => armKey(run.arms[index] ?? {}));
    const blocks = runs.flatMap((stored) => {
      const index = armIndex(stored.run.arms);
      const own = { base: index.get(base ?? '') ?? -1, other: index.get(other ?? '') ?? -1 };
      const same = stored.series.find(({ id }) => id === one.id);
      return same === undefined ? [] : blockPairs(same, [own]).flat();
    });
    const common = {
      ...{ id: one.id, figure: seriesText(one).row, metric, arm: run.arms[pair.other] ?? {} },
      ...{ n: blocks.length, changes: [] },
    };
    // A version that always fails is worse; one with which nothing can be compared is not.
    const why = incomparable(run, one, pair.base, pair.other, 'may-fail');
    if (why !== undefined) return { ...common, verdict: 'not-comparable', why };
    const middle = (side: 'baseline' | 'other') =>
      middleOf(blocks.map((block) => Math.max(0, block[side])))?.median;
    const [before, now] = [middle('baseline'), middle('other')];
    const values = {
      ...(before !== undefined && { before }),
      ...(now !== undefined && { now }),
    };
    if (metric.better === 'lower') {
      const byShare = verdictByShare(
        { before: blocks.map(({ baseline }) => baseline), now: blocks.map(({ other }) => other) },
        confidence,
      );
      if (byShare !== undefined) return { ...common, ...values, ...byShare };
    }
    const enough = blocks.length > 0 && medianRank(blocks.length, confidence) !== undefined;
    if (enough && blocks.every(({ baseline, other }) => baseline === other)) {
      return { ...common, ...values, verdict: 'no-regression', why: 'the same in every block' };
    }
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

/** `cpu max`; `image b.qcow2, machine q35`. */
function versionText(version: Arm): string {
  return Object.entries(version)
    .map(([factor, level]) => `${factor} ${String(level)}`)
    .join(', ');
}
