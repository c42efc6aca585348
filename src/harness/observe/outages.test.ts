import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from './observer.ts';
import { gaps, longestGap, signsOf } from './outages.ts';

const moment = fc.integer({ min: 0, max: 200 });
const span = fc
  .tuple(moment, moment)
  .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const times = fc.array(moment, { maxLength: 60 });
const threshold = fc.integer({ min: 0, max: 50 });
const signs = (at: readonly number[], watched: Span) => signsOf(Float64Array.from(at), watched);
const length = ({ from, to }: Span) => to - from;
const sum = (spans: readonly Span[]) => spans.reduce((total, each) => total + length(each), 0);

describe('gaps', () => {
  it('lie in the window and in what was watched, in order, apart, each longer than the threshold', () => {
    fc.assert(
      fc.property(times, span, span, threshold, (at, watched, window, threshold) => {
        let end = -Infinity;
        for (const gap of gaps(signs(at, watched), window, threshold)) {
          expect(gap.from).toBeGreaterThanOrEqual(Math.max(window.from, watched.from, end));
          expect(gap.to).toBeLessThanOrEqual(Math.min(window.to, watched.to));
          expect(length(gap)).toBeGreaterThan(threshold);
          end = gap.to;
        }
      }),
    );
  });

  it('have no sign inside', () => {
    fc.assert(
      fc.property(times, span, span, threshold, (at, watched, window, threshold) => {
        for (const { from, to } of gaps(signs(at, watched), window, threshold)) {
          expect(at.filter((time) => time > from && time < to)).toEqual([]);
        }
      }),
    );
  });

  it('with no threshold, add up to all of the window that was watched', () => {
    fc.assert(
      fc.property(times, span, span, (at, watched, window) => {
        const from = Math.max(watched.from, window.from);
        const overlap = Math.max(0, Math.min(watched.to, window.to) - from);
        expect(sum(gaps(signs(at, watched), window, 0))).toBe(overlap);
      }),
    );
  });

  it('of a higher threshold are some of those of a lower one', () => {
    fc.assert(
      fc.property(times, span, span, threshold, threshold, (at, watched, window, a, b) => {
        const of = (limit: number) => gaps(signs(at, watched), window, limit);
        const low = of(Math.min(a, b));
        expect(low).toEqual(expect.arrayContaining(of(Math.max(a, b))));
      }),
    );
  });

  it('depend neither on the order of the signs nor on their repetition', () => {
    fc.assert(
      fc.property(times, span, span, threshold, (at, watched, window, threshold) => {
        const mixed = [...at, ...at].reverse();
        expect(gaps(signs(mixed, watched), window, threshold)).toEqual(
          gaps(signs(at, watched), window, threshold),
        );
      }),
    );
  });

  it('reach from the last sign before to the first one after', () => {
    const seen = signs([1, 2, 3, 7, 8, 9], { from: 0, to: 10 });
    expect(gaps(seen, { from: 0, to: 10 }, 1)).toEqual([{ from: 3, to: 7 }]);
    expect(gaps(seen, { from: 4, to: 6 }, 1)).toEqual([{ from: 4, to: 6 }]);
    expect(gaps(seen, { from: 5.5, to: 10 }, 2)).toEqual([]);
  });

  it('are there when no sign ever came, or none came any more', () => {
    const window = { from: 0, to: 10 };
    expect(gaps(signs([], window), window, 1)).toEqual([window]);
    expect(gaps(signs([0, 1, 2], window), window, 1)).toEqual([{ from: 2, to: 10 }]);
  });
});

describe('longest gap', () => {
  it('is at least every gap of the window, and one of those of the whole watch', () => {
    fc.assert(
      fc.property(times, span, span, (at, watched, window) => {
        const seen = signs(at, watched);
        const longest = longestGap(seen, window);
        for (const gap of gaps(seen, window, 0))
          expect(longest).toBeGreaterThanOrEqual(length(gap));
        const all = gaps(seen, { from: -1000, to: 1000 }, 0).map(length);
        if (longest > 0) expect(all).toContain(longest);
      }),
    );
  });

  it('is not cut by the end of the window', () => {
    const seen = signs([1, 2, 6, 7], { from: 0, to: 8 });
    expect(longestGap(seen, { from: 0, to: 3 })).toBe(4);
    expect(longestGap(seen, { from: 5, to: 8 })).toBe(4);
    expect(longestGap(seen, { from: 6, to: 8 })).toBe(1);
  });

  it('is none where nothing was watched', () => {
    expect(longestGap(signs([], { from: 0, to: 1 }), { from: 2, to: 3 })).toBe(0);
  });
});
