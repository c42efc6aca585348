import { describe, expect, it } from 'vitest';
import { goodput, latencyPercentile, seconds, timeToRelief, together } from './figures.ts';

const requests = together([
  { due: Float64Array.of(0.1, 0.6, 1.1, 1.6), answeredAt: Float64Array.of(0.2, 0.7, NaN, 3) },
  { due: Float64Array.of(0.4), answeredAt: Float64Array.of(0.5) },
]);

it('counts what was answered well and in time, of all loads', () => {
  expect(requests.map(({ due }) => due)).toEqual([0.1, 0.4, 0.6, 1.1, 1.6]);
  expect(goodput(requests, { from: 0, to: 1 }, 1)).toBe(3);
  expect(goodput(requests, { from: 1, to: 2 }, 1)).toBe(0);
  expect(goodput(requests, { from: 0, to: 2 }, 2)).toBe(2);
});

it('tells the latency of a window, infinite where there was no answer', () => {
  expect(latencyPercentile(requests, { from: 0, to: 1 }, 50)).toBeCloseTo(0.1);
  expect(latencyPercentile(requests, { from: 1, to: 2 }, 50)).toBeCloseTo(1.4);
  expect(latencyPercentile(requests, { from: 1, to: 2 }, 99)).toBe(Infinity);
  expect(latencyPercentile(requests, { from: 5, to: 6 }, 50)).toBeNaN();
});

describe('relief', () => {
  const overload = { from: 10, to: 20 };
  const course = (good: string) =>
    Array.from(good, (mark, index) => ({
      at: 5 + index,
      offered: 10,
      good: mark === '+' ? 10 : 4,
    }));

  it.each([
    ['+++++---++++++++', 3],
    ['++++++++++++++++', 0],
    // Two seconds are none yet.
    ['+++++-++-++++++++', 4],
    ['+++++-----------', undefined],
    // Not what comes after it.
    ['+++++--------+++++++', undefined],
  ])('of %s comes after %s s', (good, expected) => {
    expect(timeToRelief(course(good), overload)).toBe(expected);
  });

  it('is found in whole seconds of a load', () => {
    const due = Float64Array.from({ length: 100 }, (_, index) => index / 10);
    const answeredAt = due.map((at) => (at >= 2 && at < 5 ? NaN : at + 0.01));
    const all = seconds(together([{ due, answeredAt }]), { from: 0, to: 10 }, 1);
    expect(all).toHaveLength(10);
    expect(timeToRelief(all, { from: 2, to: 9 })).toBe(3);
  });
});
