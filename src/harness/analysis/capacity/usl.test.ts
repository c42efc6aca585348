import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uslElasticity, uslPeak, uslThroughput } from './usl.ts';

const usl = fc.record({
  lambda: fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
  sigma: fc.double({ min: 0, max: 2, noNaN: true }),
  kappa: fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 0.5, noNaN: true })),
});
const guests = fc.double({ min: 1, max: 1e4, noNaN: true });

describe('the law', () => {
  it('gives one guest λ', () => {
    fc.assert(fc.property(usl, (law) => uslThroughput(law, 1) === law.lambda));
  });

  it('gives the published example: λ 1, σ 0.02, κ 0.0005 peak at 44.3 guests with 17.05', () => {
    // N* = √(0.98/0.0005); X(N*) = N*/(1 + 0.02·43.27 + 0.0005·44.27·43.27).
    const peak = uslPeak({ lambda: 1, sigma: 0.02, kappa: 0.0005 });
    expect(peak.guests).toBeCloseTo(44.272, 3);
    expect(peak.throughput).toBeCloseTo(44.272 / (1 + 0.02 * 43.272 + 0.0005 * 44.272 * 43.272), 3);
  });
});

describe('the peak', () => {
  it('is exceeded by no number of guests', () => {
    fc.assert(
      fc.property(usl, guests, (law, n) => {
        expect(uslThroughput(law, n)).toBeLessThanOrEqual(uslPeak(law).throughput * (1 + 1e-9));
      }),
    );
  });

  it('does not exist without coherency, and is the first guest where contention is total', () => {
    expect(uslPeak({ lambda: 3, sigma: 0.1, kappa: 0 })).toEqual({
      guests: Infinity,
      throughput: 3 / 0.1,
    });
    expect(uslPeak({ lambda: 3, sigma: 0, kappa: 0 }).throughput).toBe(Infinity);
    expect(uslPeak({ lambda: 3, sigma: 1.2, kappa: 0 })).toEqual({ guests: 1, throughput: 3 });
  });
});

it('elasticity is the slope of the curve on log scales', () => {
  fc.assert(
    fc.property(usl, guests, (law, n) => {
      const step = 1e-5;
      const rise = Math.log(uslThroughput(law, n * (1 + step)) / uslThroughput(law, n));
      expect(uslElasticity(law, n)).toBeCloseTo(rise / Math.log1p(step), 3);
    }),
  );
});
