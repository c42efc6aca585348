import type { Row } from '../benchmark.ts';
import type { Pair } from './pairs.ts';
import { spread } from './spread.ts';

/** The columns of a row that follow from the pairs. */
export function compared(
  pairs: readonly Pair[],
  as: 'ratio' | 'difference',
): Pick<Row, 'ours' | 'pairs'> & Required<Pick<Row, 'other' | 'comparison'>> {
  const each = pairs.map(({ ours, other }) => (as === 'ratio' ? ours / other : ours - other));
  return {
    ours: spread(pairs.map(({ ours }) => ours)).median,
    other: spread(pairs.map(({ other }) => other)).median,
    comparison: { as, ...spread(each) },
    pairs: pairs.length,
  };
}
