import { expect, it } from 'vitest';
import { thisMachine } from '../../../platform/remote/this-machine.ts';
import { clockWarnings, uncertainties } from './clock-warnings.ts';

it('are of hosts whose stamps became less certain, and of no other', () => {
  const before = new Map([
    ['h1', 0.0002],
    ['h2', 0.0002],
    ['h3', 0],
  ]);
  const after = new Map([
    ['h1', 0.0006],
    ['h2', 0.003],
    ['h3', 0],
  ]);
  expect(clockWarnings(before, after)).toEqual([
    'stamps of h2 became less certain: ±0.20 ms before, ±3.0 ms after',
  ]);
});

it('know this machine as certain', async () => {
  expect(await uncertainties([thisMachine('/nonexistent')])).toEqual(new Map([['localhost', 0]]));
});
