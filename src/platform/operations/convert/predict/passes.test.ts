import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changedBytes, passes } from './passes.ts';

const MiB = 2 ** 20;
const positive = fc.double({ min: 1e-3, max: 1e12, noNaN: true });

it('changes no more than is written, nor than the working set', () => {
  fc.assert(
    fc.property(positive, positive, positive, (rate, set, t) => {
      const changed = changedBytes(rate, set, t);
      expect(changed).toBeGreaterThanOrEqual(0);
      expect(changed).toBeLessThanOrEqual(Math.min(rate * t, set) * (1 + 1e-9));
    }),
  );
});

const copying = (writeRate: number, link: number) =>
  passes({
    first: { bytes: 1000 * MiB, seconds: (1000 * MiB) / link },
    changed: (seconds) => writeRate * seconds,
    copy: (bytes) => bytes / link,
    budget: 1,
  });

it('sums a geometric series', () => {
  // 100 s, 10 s, then 1 s is within the budget.
  const { converges, count, seconds, rest } = copying(MiB, 10 * MiB);
  expect({ converges, count }).toEqual({ converges: true, count: 2 });
  expect(seconds).toBeCloseTo(110);
  expect(rest / MiB).toBeCloseTo(10);
});

it('says that it does not converge, after one pass', () => {
  expect(copying(12 * MiB, 10 * MiB)).toMatchObject({ converges: false, count: 1 });
});

it('converges whenever writes are clearly slower than the link, and never when they are faster', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 }), (w, link) => {
      const { converges, restSeconds } = copying(w * MiB, link * MiB);
      if (w / link < 0.8) expect(converges).toBe(true);
      if (w > link && 1000 / link > 1) expect(converges).toBe(false);
      if (converges) expect(restSeconds).toBeLessThanOrEqual(1);
    }),
  );
});
