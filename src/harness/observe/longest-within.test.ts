import { expect, it } from 'vitest';
import { longestWithin } from './longest-within.ts';
import { gaps, signsOf } from './outages.ts';

it('does not take in an outage that begins where the window ends', () => {
  const signs = signsOf(Float64Array.from([1, 1.1, 1.25, 1.3, 2.5, 2.6]), { from: 1, to: 2.6 });
  const trace = { gaps: gaps.bind(undefined, signs) };
  expect(longestWithin(trace, { from: 1, to: 1.31 })).toBeCloseTo(0.15);
  expect(longestWithin(trace, { from: 2.45, to: 2.6 })).toBeCloseTo(0.1);
  expect(longestWithin(trace, { from: 3, to: 3 })).toBe(0);
});
