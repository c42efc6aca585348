import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curvesCross } from './curves-cross.ts';
import { uslThroughput } from './usl.ts';

const law = fc.record({
  lambda: fc.double({ min: 0.1, max: 10, noNaN: true }),
  sigma: fc.double({ min: 0, max: 1, noNaN: true }),
  kappa: fc.double({ min: 0, max: 0.2, noNaN: true }),
});

describe('curvesCross', () => {
  it('finds a number of guests at which both have the same throughput', () => {
    fc.assert(
      fc.property(law, law, (a, b) => {
        const found = curvesCross(a, b, 1, 20);
        if (found === undefined) return;
        expect(found).toBeGreaterThanOrEqual(1);
        expect(found).toBeLessThanOrEqual(20);
        expect(uslThroughput(a, found) / uslThroughput(b, found)).toBeCloseTo(1, 6);
      }),
    );
  });

  it('finds one wherever the curves have changed places', () => {
    fc.assert(
      fc.property(law, law, (a, b) => {
        const ratio = (n: number) => uslThroughput(a, n) / uslThroughput(b, n);
        const [before, after] = [ratio(1), ratio(20)];
        fc.pre(Math.abs(before - 1) > 1e-6 && Math.abs(after - 1) > 1e-6);
        if (before > 1 !== after > 1) expect(curvesCross(a, b, 1, 20)).toBeDefined();
      }),
    );
  });

  it('is the same for both orders, and the first of two', () => {
    const [a, b] = [
      { lambda: 1, sigma: 0, kappa: 0.02 },
      { lambda: 0.8, sigma: 0, kappa: 0 },
    ];
    const found = curvesCross(a, b, 1, 20) as number;
    expect(found).toBeCloseTo(4.0707, 3);
    expect(curvesCross(b, a, 1, 20)).toBeCloseTo(found, 9);
    expect(curvesCross(a, b, 5, 20)).toBeUndefined();
    expect(curvesCross(a, a, 1, 20)).toBeUndefined();
  });
});
