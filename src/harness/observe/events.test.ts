import { expect, it } from 'vitest';
import { pausesOf } from './events.ts';
import { spansTrace } from './spans-trace.ts';

it('pairs each stop with the next start, whatever order they were told in', () => {
  expect(
    pausesOf([
      { state: 'running', at: 1 },
      { state: 'running', at: 2.5 },
      { state: 'stopped', at: 2 },
      { state: 'stopped', at: 4 },
      { state: 'stopped', at: 4.001 },
      { state: 'running', at: 4.2 },
      { state: 'stopped', at: 9 },
    ]),
  ).toEqual([
    { from: 2, to: 2.5 },
    { from: 4, to: 4.2 },
  ]);
});

it('gives stretches cut to the window, and their full length', () => {
  const trace = spansTrace(
    [
      { from: 1, to: 3 },
      { from: 5, to: 5.5 },
    ],
    0.001,
  );
  expect(trace.gaps({ from: 2, to: 6 }, 0.6)).toEqual([{ from: 2, to: 3 }]);
  expect(trace.longest({ from: 2, to: 6 })).toBe(2);
  expect(trace.longest({ from: 3.5, to: 4.5 })).toBe(0);
});
