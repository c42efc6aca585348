import { expect, test } from 'vitest';
import { expectBetween, expectValues, expectWhole } from './expect-numbers.ts';

test('values: infinity passes, NaN and emptiness are named', () => {
  expect(() => expectValues('f', [1, Infinity, -Infinity])).not.toThrow();
  expect(() => expectValues('f', [])).toThrow(
    new RangeError('f: expected at least one value, got none'),
  );
  expect(() => expectValues('f', new Float64Array([1, NaN]))).toThrow(
    new RangeError('f: expected numbers, got NaN at index 1'),
  );
});

test('bounds are exclusive and NaN lies nowhere', () => {
  expect(() => expectBetween('f', 'p', 0.5, 0, 1)).not.toThrow();
  for (const value of [0, 1, NaN, -1]) {
    expect(() => expectBetween('f', 'p', value, 0, 1)).toThrow(
      `f: expected p between 0 and 1 (exclusive), got ${value}`,
    );
  }
});

test('whole numbers', () => {
  expect(() => expectWhole('f', 'n', 3, 3)).not.toThrow();
  for (const value of [2, 3.5, NaN, Infinity]) {
    expect(() => expectWhole('f', 'n', value, 3)).toThrow(RangeError);
  }
});
