import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crossing, lineThrough } from './crossing.ts';

it('goes through places that lie on a line', () => {
  const number = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(number, number, (base, slope) => {
      const line = lineThrough([1, 2, 5].map((x) => ({ x, y: base + slope * x })));
      expect(line.base).toBeCloseTo(base, 6);
      expect(line.slope).toBeCloseTo(slope, 6);
    }),
  );
  expect(() => lineThrough([{ x: 1, y: 2 }])).toThrow('two places');
});

it('is where a copy takes as long as what does not depend on size', () => {
  expect(crossing({ base: 5, slope: 2 }, { base: 25, slope: 0 })).toBe(10);
  expect(crossing({ base: 5, slope: 1 }, { base: 25, slope: 1 })).toBeUndefined();
});
