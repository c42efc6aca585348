import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatElapsed } from './elapsed.ts';

it.each([
  [0, '0:00'],
  [-3, '0:00'],
  [7.4, '0:07'],
  [59.6, '1:00'],
  [141, '2:21'],
  [3599.7, '1:00:00'],
  [3725, '1:02:05'],
  [360_000, '100:00:00'],
])('writes %d s as %s', (seconds, text) => {
  expect(formatElapsed(seconds)).toBe(text);
});

it('can be read back to the second', () => {
  fc.assert(
    fc.property(fc.nat(1e6), (seconds) => {
      const parts = formatElapsed(seconds).split(':').map(Number);
      expect(parts.reduce((sum, part) => sum * 60 + part, 0)).toBe(seconds);
      expect(parts.slice(1).every((part) => part < 60)).toBe(true);
    }),
  );
});
