import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verdict } from './verdict.ts';

test.each([
  ['wholly above the margin', 1.1, 1.3, 'different'],
  ['wholly below the margin', 0.55, 0.63, 'different'],
  ['excludes 1, reaches out of the margin', 1.03, 1.08, 'different'],
  ['excludes 1, wholly inside the margin', 1.01, 1.03, 'equal'],
  ['holds 1, wholly inside the margin', 0.97, 1.02, 'equal'],
  ['the margin itself', 1 / 1.05, 1.05, 'equal'],
  ['holds 1, reaches out of the margin', 0.94, 1.01, 'inconclusive'],
  ['touches 1 from outside', 1, 1.2, 'inconclusive'],
  ['wider than the margin', 0.5, 2, 'inconclusive'],
  ['knows nothing', 0, Infinity, 'inconclusive'],
  ['the other arm always fails', Infinity, Infinity, 'different'],
])('%s', (_, low, high, expected) => {
  expect(verdict({ low, high }, 0.05)).toBe(expected);
});

test('without a margin nothing is equal', () => {
  expect(verdict({ low: 1, high: 1 }, 0)).toBe('inconclusive');
});

test('does not depend on which arm is called the baseline', () => {
  const log = fc.double({ min: -0.5, max: 0.5, noNaN: true });
  fc.assert(
    fc.property(log, log, fc.double({ min: 0.01, max: 0.3, noNaN: true }), (a, b, margin) => {
      const low = Math.exp(Math.min(a, b));
      const high = Math.exp(Math.max(a, b));
      expect(verdict({ low: 1 / high, high: 1 / low }, margin)).toBe(
        verdict({ low, high }, margin),
      );
    }),
  );
});

test('a narrower interval never unsays a difference or an equality into the unknown', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const log = fc.double({ min: -0.3, max: 0.3, noNaN: true });
  fc.assert(
    fc.property(log, log, share, share, (a, b, s, t) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const [from, to] = [Math.min(s, t), Math.max(s, t)];
      const inner = { low: low + (high - low) * from, high: low + (high - low) * to };
      fc.pre(inner.low <= inner.high);
      if (verdict({ low: Math.exp(low), high: Math.exp(high) }, 0.05) === 'inconclusive') return;
      const narrowed = verdict({ low: Math.exp(inner.low), high: Math.exp(inner.high) }, 0.05);
      expect(narrowed).not.toBe('inconclusive');
    }),
  );
});

test('refuses what is no margin and no interval of a ratio', () => {
  expect(() => verdict({ low: 0.9, high: 1.1 }, -0.1)).toThrow(RangeError);
  expect(() => verdict({ low: 0.9, high: 1.1 }, NaN)).toThrow(RangeError);
  expect(() => verdict({ low: 1.1, high: 0.9 }, 0.05)).toThrow(RangeError);
  expect(() => verdict({ low: NaN, high: 0.9 }, 0.05)).toThrow(RangeError);
  expect(() => verdict({ low: -1, high: 0.9 }, 0.05)).toThrow(RangeError);
});
