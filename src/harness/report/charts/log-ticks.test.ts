import { expect, it } from 'vitest';
import { logTicks } from './log-ticks.ts';

it.each([
  [0.8, 30, [1, 2, 5, 10, 20]],
  [0.005, 2, [0.01, 0.03, 0.1, 0.3, 1]],
  [0.0005, 90, [0.001, 0.01, 0.1, 1, 10]],
])('from %f to %f has readable steps', (low, high, ticks) => {
  expect(logTicks(low, high)).toEqual(ticks);
});
