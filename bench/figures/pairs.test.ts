import { expect, it } from 'vitest';
import { compared } from './compared.ts';
import { interleavedPairs } from './pairs.ts';

it('begins every second pair with the other side, one measurement after the other', async () => {
  const calls: string[] = [];
  let running = 0;
  const side = (name: string, value: number) => async (index: number) => {
    expect(++running).toBe(1);
    await new Promise(setImmediate);
    running--;
    calls.push(`${name}${index}`);
    return value + index;
  };
  const pairs = await interleavedPairs(3, { ours: side('a', 10), other: side('b', 20) });
  expect(calls).toEqual(['a0', 'b0', 'b1', 'a1', 'a2', 'b2']);
  expect(pairs).toEqual([
    { ours: 10, other: 20 },
    { ours: 11, other: 21 },
    { ours: 12, other: 22 },
  ]);
});

const pairs = [
  { ours: 4, other: 2 },
  { ours: 9, other: 3 },
  { ours: 5, other: 5 },
];

it('compares within pairs, not between medians', () => {
  expect(compared(pairs, 'ratio')).toEqual({
    ours: 5,
    other: 3,
    comparison: { as: 'ratio', min: 1, median: 2, max: 3 },
    pairs: 3,
  });
  expect(compared(pairs, 'difference').comparison).toEqual({
    as: 'difference',
    min: 0,
    median: 2,
    max: 6,
  });
});
