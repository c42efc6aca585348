import { expect, it } from 'vitest';
import { largest } from './largest.ts';

it('takes more values than a call takes arguments', () => {
  const values = Array.from({ length: 500_000 }, (_, index) => index % 7919);
  expect(() => Math.max(...values)).toThrow(RangeError);
  expect(largest(values)).toBe(7918);
});

it('of nothing is less than all', () => {
  expect(largest([])).toBe(-Infinity);
});
