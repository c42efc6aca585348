import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wallOffset } from './wall-offset.ts';

/** Two clocks, of which each look takes some microseconds. */
function clocks(trueOffset: number, step: number) {
  const state = { now: 0, offset: trueOffset };
  return {
    state,
    monotonic: () => (state.now += step),
    wall: () => Math.floor((state.now += step) + state.offset),
  };
}

const offsets = fc.double({ min: -1e12, max: 1e12, noNaN: true });
const steps = fc.double({ min: 0.0001, max: 0.002, noNaN: true });

it('is never above the true offset, and below it by no more than a few looks', () => {
  fc.assert(
    fc.property(offsets, steps, (trueOffset, step) => {
      const { monotonic, wall } = clocks(trueOffset, step);
      const error = trueOffset - wallOffset(wall, monotonic)();
      // Of a number as large as the wall clock, the last digits are lost.
      expect(error).toBeGreaterThan(-0.001);
      expect(error).toBeLessThan(4 * step + 0.001);
    }),
  );
});

it('follows when the wall clock is set, forward or back', () => {
  const set = fc.double({ min: -1e9, max: 1e9, noNaN: true }).filter((by) => Math.abs(by) > 2);
  fc.assert(
    fc.property(offsets, set, (trueOffset, by) => {
      const { state, monotonic, wall } = clocks(trueOffset, 0.001);
      const offset = wallOffset(wall, monotonic);
      offset();
      state.offset += by;
      expect(Math.abs(state.offset - offset())).toBeLessThan(0.006);
    }),
  );
});

it('keeps what it knows while nothing is set, however rarely it looks', () => {
  const { state, monotonic, wall } = clocks(1.7e12 + 0.3, 0.0005);
  const offset = wallOffset(wall, monotonic);
  const first = offset();
  for (let i = 0; i < 1000; i++) {
    state.now += 7.77;
    expect(Math.abs(offset() - first)).toBeLessThan(0.005);
  }
});
