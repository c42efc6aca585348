import { UserError } from '../../../base/errors.ts';
import { seededRandom } from '../../../base/stats/random.ts';
import type { Run } from '../../results/schema.ts';
import { parseCondition } from '../../scenario/claims/parse-condition.ts';
import { type Claim, claimsSchema } from '../../scenario/claims/schema.ts';
import { type Comparator, ConditionError } from '../../scenario/claims/syntax.ts';
import {
  comparisonsOf,
  type Condition,
  type TypedComparison,
  typeCondition,
} from '../../scenario/claims/typed.ts';
import { incomparable } from '../incomparable.ts';
import { fewestTrials } from '../judgement.ts';
import type { Series } from '../series.ts';
import { columnsOf } from './columns.ts';
import { type Compared, compareFigures } from './compare-figures.ts';
import { notTestable } from './not-testable.ts';
import { moreTrialsFor, type Outcome, outcomeOf } from './outcome.ts';
import { runVocabulary } from './run-vocabulary.ts';

/** One comparison of a condition, made with the figures of a run. */
export interface ComparisonResult extends Compared {
  comparison: TypedComparison;
  /** As it is written. */
  text: string;
  operator: Comparator;
  /** Settings of the factors left open, over which it is averaged. */
  sets: number;
  /** Indices of the arms that it is made from. */
  arms: number[];
  outcome: Outcome;
  /** Of each arm, at a guess; absent where it is decided or cannot be told. */
  moreTrials?: number;
}

/** What a run says of a claim. */
export interface ClaimResult {
  claim: Claim;
  verdict: Outcome | 'not-testable';
  /** Why it is not testable here; empty otherwise. */
  why: string[];
  /** Of each arm; would decide what is inconclusive, at a guess. */
  moreTrials?: number;
  /** Also of a claim that is not testable: what was measured here instead. Empty without such arms. */
  comparisons: ComparisonResult[];
}

export interface ClaimsInput {
  /** With the names of levels as they were written. */
  run: Run;
  /** Of the arms of that run, by index; what was joined to it left out. */
  series: readonly Series[];
  /** Instead of those of the run's scenario. */
  claims?: readonly Claim[];
}

/**
 * Every claim of a run's scenario against its figures. Resampling takes its numbers from the run's
 * seed.
 * @throws UserError if the claims of the run cannot be read
 */
export function evaluateClaims({
  run,
  series,
  claims = claimsOf(run),
}: ClaimsInput): ClaimResult[] {
  const vocabulary = runVocabulary(run, series);
  return claims.map((claim): ClaimResult => {
    try {
      const condition = typeCondition(parseCondition(claim.condition), vocabulary);
      const compared = comparisonsOf(condition).map((comparison) =>
        compare(run, claim, comparison, series),
      );
      const comparisons = compared.map(({ result }) => result);
      const why = notTestable(
        run,
        claim,
        compared.flatMap(({ columns }) => columns),
      );
      if (why.length > 0) return { claim, verdict: 'not-testable', why, comparisons };
      const verdict = decide(condition, comparisons);
      const moreTrials = verdict === 'inconclusive' ? trialsMissing(comparisons) : undefined;
      return { claim, verdict, why, comparisons, ...(moreTrials !== undefined && { moreTrials }) };
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      const why = [`in this run: ${error.message}`];
      return { claim, verdict: 'not-testable', why, comparisons: [] };
    }
  });
}

function claimsOf({ scenario, id }: Run): Claim[] {
  const { claims = [] } = scenario;
  const { data, error } = claimsSchema.safeParse(claims);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const path = ['scenario', 'claims', ...(issue?.path ?? [])].join('.');
  throw new UserError({
    where: `run.json of ${id}`,
    message: `${path}: expected claims, got others (${issue?.message})`,
    remedy: 'Restore the file from a copy, or read it with the virtgauge that made the run.',
  });
}

function compare(run: Run, claim: Claim, comparison: TypedComparison, series: readonly Series[]) {
  const { operator, left, right, start, end } = comparison;
  const { columns, sets } = columnsOf(comparison, run, series);
  const text = claim.condition.slice(start, end);
  const unsound = columns.flatMap((one) => incomparable(run, one.series, one.arm, one.arm) ?? []);
  if (unsound[0] !== undefined) throw new ConditionError(unsound[0], comparison);
  const random = seededRandom(run.seed).fork(`claim ${claim.name} ${text}`);
  const compared = compareFigures(columns, left.constant / right.constant, random);
  const { ratio, blocks } = compared;
  const interval = ratio?.interval;
  const outcome =
    interval === undefined ? 'inconclusive' : outcomeOf(operator, interval, claim.margin);
  const moreTrials =
    outcome !== 'inconclusive'
      ? undefined
      : blocks < fewestTrials
        ? fewestTrials - blocks
        : interval && moreTrialsFor(operator, interval, blocks, claim.margin);
  const result: ComparisonResult = {
    ...{ comparison, text, operator, sets, outcome, ...compared },
    arms: columns.map(({ arm }) => arm),
    ...(moreTrials !== undefined && { moreTrials }),
  };
  return { columns, result };
}

function decide(condition: Condition, results: readonly ComparisonResult[]): Outcome {
  if (condition.kind === 'comparison') {
    return results.find(({ comparison }) => comparison === condition)?.outcome ?? 'inconclusive';
  }
  const parts = [decide(condition.left, results), decide(condition.right, results)];
  const [ends, needsAll] =
    condition.kind === 'and'
      ? (['refuted', 'reproduced'] as const)
      : (['reproduced', 'refuted'] as const);
  if (parts.includes(ends)) return ends;
  return parts.every((part) => part === needsAll) ? needsAll : 'inconclusive';
}

/** For all that is open; undefined where one of them cannot be told. */
function trialsMissing(results: readonly ComparisonResult[]): number | undefined {
  const open = results.filter(({ outcome }) => outcome === 'inconclusive');
  const counts = open.map(({ moreTrials }) => moreTrials ?? Infinity);
  const most = Math.max(0, ...counts);
  return most > 0 && Number.isFinite(most) ? most : undefined;
}
