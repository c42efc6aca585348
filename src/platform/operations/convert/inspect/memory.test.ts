import { expect, it } from 'vitest';
import { parseMemory } from './memory.ts';

it.each([
  ['MemTotal:  1000 kB\nMemFree: 200 kB\nMemAvailable: 700 kB\nCached: 500 kB\n', 1000, 300],
  // Before 3.14.
  ['MemTotal:  1000 kB\nMemFree: 200 kB\nBuffers: 50 kB\nCached: 500 kB\n', 1000, 250],
  ['', 0, 0],
])('reads %j', (text, total, used) => {
  expect(parseMemory(text)).toEqual({ total: total * 1024, used: used * 1024 });
});
