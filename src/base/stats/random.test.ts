import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Random } from './random.ts';
import { seededRandom } from './random.ts';

function times(count: number, draw: () => number): number[] {
  return Array.from({ length: count }, draw);
}

function draw(count: number, random: Random): number[] {
  return times(count, () => random.next());
}

// qchisq(c(0.001, 0.999), 99), R 4.2.2. The seeds are fixed, so the tests cannot flicker.
const chiSquare99 = { low: 61.14, high: 148.23 };

function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('seededRandom', () => {
  // Python 3.11: state = struct.unpack('<4I', hashlib.sha256(b'virtgauge').digest()[:16]), then
  // xoshiro128starstar.c version 1.1 written out by hand.
  test('gives the numbers of an independent implementation', () => {
    const random = seededRandom('virtgauge');
    expect(times(3, () => random.integer(2 ** 32))).toEqual([788056459, 1668666573, 2593618318]);
  });

  test('same seed, same numbers; other seed, other numbers', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (seed, other) => {
        const first = draw(4, seededRandom(seed));
        expect(draw(4, seededRandom(seed))).toEqual(first);
        if (other !== seed) expect(draw(4, seededRandom(other))).not.toEqual(first);
      }),
    );
  });

  test('next is uniform in [0, 1)', () => {
    const random = seededRandom('uniform');
    const counts = new Array<number>(100).fill(0);
    for (let i = 0; i < 20_000; i++) {
      const value = random.next();
      expect(value >= 0 && value < 1).toBe(true);
      const bin = Math.floor(value * 100);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    expect(chiSquare(counts)).toBeGreaterThan(chiSquare99.low);
    expect(chiSquare(counts)).toBeLessThan(chiSquare99.high);
  });

  test('integer is uniform below a bound that is no power of two', () => {
    const random = seededRandom('integer');
    const counts = new Array<number>(100).fill(0);
    for (let i = 0; i < 20_000; i++) {
      const value = random.integer(100);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    expect(counts).toHaveLength(100);
    expect(chiSquare(counts)).toBeGreaterThan(chiSquare99.low);
    expect(chiSquare(counts)).toBeLessThan(chiSquare99.high);
  });

  test('integer is unbiased where a remainder would not be', () => {
    // The remainder of 32 bits by 3·2³⁰ would fall below 2³⁰ in half of the cases, not in a third.
    const random = seededRandom('bias');
    const small = times(3000, () => random.integer(3 * 2 ** 30)).filter((n) => n < 2 ** 30).length;
    expect(Math.abs(small - 1000)).toBeLessThan(100);
  });

  test('integer stays below its bound', () => {
    const random = seededRandom('bound');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), (below) => {
        const value = random.integer(below);
        expect(Number.isInteger(value) && value >= 0 && value < below).toBe(true);
      }),
    );
    for (const below of [0, -1, 1.5, NaN, Infinity, 2 ** 32 + 1]) {
      expect(() => random.integer(below)).toThrow(RangeError);
    }
  });

  test('shuffle is a permutation and leaves its input alone', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.string(), (items, seed) => {
        const before = [...items];
        const shuffled = seededRandom(seed).shuffle(items);
        expect(items).toEqual(before);
        expect([...shuffled].sort((a, b) => a - b)).toEqual([...items].sort((a, b) => a - b));
      }),
    );
  });

  test('shuffle gives every order equally often', () => {
    const random = seededRandom('orders');
    const counts = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const order = random.shuffle(['a', 'b', 'c', 'd']).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // qchisq(0.999, 23), R 4.2.2
    expect(chiSquare([...counts.values()])).toBeLessThan(49.73);
  });

  test('a fork depends on seed and name alone', () => {
    const random = seededRandom('parent');
    const early = draw(4, random.fork('order'));
    draw(100, random);
    expect(draw(4, random.fork('order'))).toEqual(early);
    expect(draw(4, random.fork('bootstrap'))).not.toEqual(early);
    expect(draw(4, seededRandom('other').fork('order'))).not.toEqual(early);
    expect(draw(4, seededRandom('parent'))).not.toEqual(early);
  });

  test('a fork is not correlated with its parent', () => {
    const parent = seededRandom('parent');
    const child = parent.fork('child');
    const product = times(10_000, () => (parent.next() - 0.5) * (child.next() - 0.5));
    const correlation = (12 * product.reduce((sum, value) => sum + value, 0)) / product.length;
    expect(Math.abs(correlation)).toBeLessThan(0.033); // 3.3 standard errors of 1/√10,000
  });
});
