import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitOffset, mapStamp, uncertaintyOf } from './clock-fit.ts';

const delay = fc.double({ min: 0, max: 0.1, noNaN: true });

describe('fitOffset', () => {
  it('prop_TheTrueOffsetIsWithinTheUncertainty', () => {
    const trips = fc.array(fc.tuple(delay, delay), { minLength: 1, maxLength: 20 });
    const offset = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(trips, offset, (delays, truth) => {
        const fit = fitOffset(
          delays.map(([there, back], index) => {
            const sent = index * 10;
            return { sent, wall: sent + there + truth, received: sent + there + back };
          }),
        );
        expect(Math.abs(fit.offset - truth)).toBeLessThanOrEqual(fit.uncertainty + 1e-6);
      }),
    );
  });

  it('takes the shortest round trip', () => {
    const fit = fitOffset([
      { sent: 0, wall: 105, received: 1 },
      { sent: 2, wall: 107.05, received: 2.1 },
      { sent: 4, wall: 108.9, received: 5 },
    ]);
    expect(fit.offset).toBeCloseTo(105);
    expect(fit.uncertainty).toBeCloseTo(0.05);
  });
});

describe('mapStamp', () => {
  const before = { at: 1000, offset: 900, uncertainty: 0.001 };
  const after = { at: 1100, offset: 900.02, uncertainty: 0.002 };

  it('spreads the drift evenly between two fits, and none outside', () => {
    expect(mapStamp(before, after, 1050)).toBeCloseTo(149.99);
    expect(mapStamp(before, after, 990)).toBeCloseTo(90);
    expect(mapStamp(before, after, 1200)).toBeCloseTo(299.98);
    expect(mapStamp(before, before, 1050)).toBeCloseTo(150);
  });

  it('says how far off it may be, a step of the clock included', () => {
    expect(uncertaintyOf(before, before)).toBe(0.001);
    expect(uncertaintyOf(before, after)).toBeCloseTo(0.01);
    expect(uncertaintyOf(before, { ...after, offset: 901 })).toBeCloseTo(0.5);
  });
});
