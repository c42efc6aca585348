import type { Sentence } from '../answer.ts';
import type { Effect } from '../effects.ts';
import type { Decomposition } from './decomposition.ts';
import { decompositionSentence } from './statement.ts';

const mostSentences = 2;

/** The figure of which the answer tells the parts: creation, where it was measured. */
function told(decompositions: readonly Decomposition[]): Decomposition[] {
  return decompositions.filter(({ series }) => series.id === decompositions[0]?.series.id);
}

/** One sentence for each pair of storages. */
export function decompositionSentences(
  decompositions: readonly Decomposition[],
  margin: number,
): Sentence[] {
  const own = told(decompositions);
  const others = [...new Set(own.map(({ other }) => other))];
  return others
    .flatMap((other) => {
      const [whole, ...each] = own.filter((one) => one.other === other);
      return whole === undefined ? [] : (decompositionSentence(whole, each, margin) ?? []);
    })
    .slice(0, mostSentences);
}

/** Whether these sentences tell this effect: it need not be told again. */
export function isTold(
  { series, factor, base, level }: Effect,
  decompositions: readonly Decomposition[],
): boolean {
  const levels = [base, level];
  return told(decompositions).some(
    (one) =>
      one.parts !== undefined &&
      one.series.id === series.id &&
      (factor === 'provisioning'
        ? levels.includes('copy') && levels.includes('clone')
        : factor === 'storage' && levels.includes(one.base) && levels.includes(one.other)),
  );
}
