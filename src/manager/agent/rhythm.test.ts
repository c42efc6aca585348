import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextBeat } from './rhythm.ts';

it.each([
  ['in time', 1003, 2000],
  ['by a timer that was early', 998, 2000],
  ['early, for the sake of news', 400, 1000],
  ['early, but nearly when it was due', 700, 2000],
  ['late', 1400, 2000],
  ['too late for the next', 1600, 3000],
  ['after a stall', 5200, 6000],
])('follows one that was told %s', (_, now, next) => {
  expect(nextBeat(1000, now, 1000)).toBe(next);
});

it('keeps agents as far apart as they began, whatever stalls them together', () => {
  const whole = fc.integer({ min: 0, max: 10_000 });
  fc.assert(
    fc.property(whole, fc.array(whole, { maxLength: 20 }), (begin, stalls) => {
      let [due, now] = [begin, begin];
      for (const stall of stalls) {
        now = Math.max(now, due) + stall;
        due = nextBeat(due, now, 1000);
        expect((due - begin) % 1000).toBe(0);
        expect(due - now).toBeGreaterThanOrEqual(500);
        expect(due - now).toBeLessThan(1500);
      }
    }),
  );
});
