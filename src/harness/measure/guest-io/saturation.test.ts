import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../base/stats/random.ts';
import { busyShare, isSaturated } from './saturation.ts';

const load = { offered: 1000, achieved: 940, seconds: 100, arrivals: 'poisson' } as const;

describe('saturation', () => {
  it('is less than 95 % of what was asked', () => {
    expect(isSaturated(load)).toBe(true);
    expect(isSaturated({ ...load, achieved: 960 })).toBe(false);
    expect(isSaturated({ ...load, achieved: 1050 })).toBe(false);
  });

  it('is not what chance explains', () => {
    // 100 expected: 10 is one standard deviation.
    const few = { offered: 20, seconds: 5, arrivals: 'poisson' } as const;
    expect(isSaturated({ ...few, achieved: 15 })).toBe(false);
    expect(isSaturated({ ...few, achieved: 13 })).toBe(true);
    // Even arrivals do not vary.
    expect(isSaturated({ ...few, achieved: 18, arrivals: 'linear' })).toBe(true);
  });
});

it('gives the share of time in which streams are busy', () => {
  // 100/s that take 10 ms each keep one stream busy all the time.
  expect(busyShare(1, 100, 0.01)).toBe(1);
  expect(busyShare(20, 100, 0.01)).toBeCloseTo(0.05, 12);
});

it('is the share of requests that are due while the previous one of their stream is in flight', () => {
  const [streams, rate, latency, requests] = [4, 20, 0.05, 20_000];
  const random = seededRandom('arrivals');
  let [due, free, late] = [0, 0, 0];
  for (let request = 0; request < requests; request++) {
    due -= Math.log(1 - random.next()) / (rate / streams);
    if (due < free) late++;
    free = Math.max(due, free) + latency;
  }
  expect(late / requests).toBeCloseTo(busyShare(streams, rate, latency), 1);
});
