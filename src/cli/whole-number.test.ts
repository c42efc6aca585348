import { expect, it } from 'vitest';
import { wholeNumber, wholeNumberTo } from './whole-number.ts';

it('reads whole numbers from 1 on', () => {
  expect(['1', '50', '1000000'].map(wholeNumber)).toEqual([1, 50, 1_000_000]);
});

it.each(['', '0', '-1', '1.5', 'many', '7x', 'Infinity'])('refuses %j', (text) => {
  expect(() => wholeNumber(text)).toThrow('Expected a whole number from 1 on.');
});

it('says where its range ends', () => {
  const read = wholeNumberTo(100);
  expect(read('100')).toBe(100);
  expect(() => read('101')).toThrow('Expected a whole number from 1 to 100.');
});
