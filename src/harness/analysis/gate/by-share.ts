import { fisherExact } from '../../../base/stats/fisher-exact.ts';
import { middleOf } from '../middle.ts';
import type { GateVerdict } from './gate-verdict.ts';

/** Values of the trials on both sides, from 0 to Infinity; less is better. */
export interface Sides {
  before: readonly number[];
  now: readonly number[];
}

/**
 * The verdict on what is zero as a rule, such as writes that were lost: of that a ratio of medians says
 * nothing. What counts is how many trials had any (those that failed are among them): worse or better
 * where such shares come by chance too rarely (Fisher's exact test), and shown to be no worse where no
 * trial had any.
 * @param confidence that a change is none of chance, both ways together
 * @returns undefined where neither side is zero in the median
 */
export function verdictByShare(
  { before, now }: Sides,
  confidence: number,
): { verdict: GateVerdict; why: string } | undefined {
  const [usual, own] = [middleOf(before)?.median, middleOf(now)?.median];
  if (usual === undefined || own === undefined || (usual > 0 && own > 0)) return undefined;
  const any = (values: readonly number[]) => values.filter((value) => value > 0).length;
  const [was, is] = [any(before), any(now)];
  const why = `above 0 in ${is} of ${now.length} trials now, in ${was} of ${before.length} before`;
  const rare = (1 - confidence) / 2;
  if (fisherExact(was, before.length, is, now.length) <= rare)
    return { verdict: 'improvement', why };
  if (is === 0) return { verdict: 'no-regression', why };
  const worse = fisherExact(is, now.length, was, before.length) <= rare;
  return { verdict: worse ? 'regression' : 'inconclusive', why };
}
