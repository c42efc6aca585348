/** One measurement of each side, taken one after the other. */
export interface Pair {
  ours: number;
  other: number;
}

/**
 * Measures both sides `count` times in pairs, so that what drifts meets both alike; every second
 * pair begins with the other side, so that what the first leaves behind does too.
 * @param onPair told each pair as it is complete, and how many there are
 */
export async function interleavedPairs(
  count: number,
  sides: Readonly<Record<keyof Pair, (index: number) => Promise<number>>>,
  onPair: (pair: Pair, done: number) => void = () => undefined,
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let index = 0; index < count; index++) {
    const pair = { ours: NaN, other: NaN };
    const order = index % 2 === 0 ? (['ours', 'other'] as const) : (['other', 'ours'] as const);
    for (const side of order) pair[side] = await sides[side](index);
    pairs.push(pair);
    onPair(pair, pairs.length);
  }
  return pairs;
}
