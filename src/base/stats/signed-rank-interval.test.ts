import fc from 'fast-check';
import { expect, it } from 'vitest';
import { normalQuantile } from './normal.ts';
import { seededRandom } from './random.ts';
import { signedRankInterval } from './signed-rank-interval.ts';

it('is that of wilcox.test(conf.int = TRUE) in R', () => {
  // x <- c(1.83,.50,1.62,2.48,1.68,1.88,1.55,3.06,1.30) - c(.878,.647,.598,2.05,1.06,1.29,1.06,3.14,1.29)
  const differences = [0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01];
  const { estimate, low, high, confidence } = signedRankInterval(differences) as never as Record<
    string,
    number
  >;
  expect(estimate).toBeCloseTo(0.46, 10);
  expect(low).toBeCloseTo(0.01, 10);
  expect(high).toBeCloseTo(0.786, 10);
  expect(confidence).toBeCloseTo(0.9609375, 10);
});

it('exists from the number of values on at which its confidence can be reached', () => {
  const some = (n: number) => Array.from({ length: n }, (_, i) => i);
  expect(signedRankInterval(some(5))).toBeUndefined();
  expect(signedRankInterval(some(6))).toMatchObject({ low: 0, high: 5, confidence: 0.96875 });
  expect(signedRankInterval(some(10), 0.999)).toBeUndefined();
  expect(signedRankInterval(some(11), 0.999)).toBeDefined();
});

it('holds the true difference as often as it says', () => {
  const random = seededRandom('signed rank');
  const normal = () => normalQuantile(random.next() + 2 ** -54);
  for (const n of [8, 20, 120]) {
    let holds = 0;
    for (let run = 0; run < 1000; run++) {
      const { low, high } = signedRankInterval(
        Array.from({ length: n }, () => 1 + normal()),
        0.95,
      ) as { low: number; high: number };
      if (low <= 1 && 1 <= high) holds++;
    }
    expect(holds).toBeGreaterThan(930);
    expect(holds).toBeLessThan(985);
  }
});

it('moves with the values, and is wider for more confidence', () => {
  const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 12, maxLength: 40 });
  fc.assert(
    fc.property(values, fc.integer({ min: -50, max: 50 }), (differences, shift) => {
      const one = signedRankInterval(differences);
      const moved = signedRankInterval(differences.map((value) => value + shift));
      const wide = signedRankInterval(differences, 0.999);
      expect(moved?.low).toBeCloseTo((one?.low ?? NaN) + shift, 9);
      expect(moved?.high).toBeCloseTo((one?.high ?? NaN) + shift, 9);
      expect(wide?.low).toBeLessThanOrEqual(one?.low ?? NaN);
      expect(wide?.high).toBeGreaterThanOrEqual(one?.high ?? NaN);
    }),
  );
});

it('becomes infinite with the trials that fail', () => {
  const failing = [Infinity, Infinity, Infinity, 0, 0, 0, 0, 0, 0, 0];
  expect(signedRankInterval(failing)).toMatchObject({ low: 0, high: Infinity });
  expect(() => signedRankInterval([NaN])).toThrow(RangeError);
});
