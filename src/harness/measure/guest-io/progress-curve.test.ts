import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from './fio/bandwidth-log.ts';
import {
  bytesAt,
  commonInterval,
  progressCurve,
  steadyCurve,
  summedThroughput,
} from './progress-curve.ts';

const interval = 0.05;

/** A log as fio writes it, about every 50 ms, and a report that need not agree with it. */
const job = fc
  .record({
    begin: fc.double({ min: 0, max: 1e6, noNaN: true }),
    steps: fc.array(
      fc.tuple(
        fc.double({ min: 0, max: 0.3, noNaN: true }),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
      ),
      { minLength: 1, maxLength: 40 },
    ),
    bytes: fc.integer({ min: 1, max: 1e9 }),
    runtime: fc.integer({ min: 1, max: 5000 }).map((milliseconds) => milliseconds / 1000),
  })
  .map(({ begin, steps, bytes, runtime }) => {
    let at = begin;
    const entries = steps.map(([step, bandwidth]): LogEntry => ({
      at: (at += step),
      bandwidth,
      direction: 'read',
    }));
    return { curve: progressCurve(entries, interval, { bytes, runtime }), bytes, runtime };
  });

const ends = ({ times }: { times: number[] }) => [times[0] ?? 0, times.at(-1) ?? 0] as const;

it('says over the whole job what fio reports', () => {
  fc.assert(
    fc.property(job, ({ curve, bytes, runtime }) => {
      const [start, end] = ends(curve);
      expect(end - start).toBeCloseTo(runtime, 9);
      expect(bytesAt(curve, start)).toBe(0);
      expect(bytesAt(curve, end)).toBe(bytes);
      expect(summedThroughput([curve], start, end)).toBe(bytes / (end - start));
    }),
  );
});

it('never falls, in time or in bytes', () => {
  fc.assert(
    fc.property(job, fc.array(fc.double({ min: -0.1, max: 1.1, noNaN: true })), (each, places) => {
      const { times, bytes } = each.curve;
      for (const values of [times, bytes]) {
        expect(values).toEqual([...values].sort((a, b) => a - b));
      }
      const [start, end] = ends(each.curve);
      const moved = [...places]
        .sort((a, b) => a - b)
        .map((place) => bytesAt(each.curve, start + place * (end - start)));
      for (const [index, value] of moved.entries()) {
        expect(value).toBeGreaterThanOrEqual((moved[index - 1] ?? 0) - 1e-6);
        expect(value).toBeLessThanOrEqual(each.bytes + 1e-6);
      }
    }),
  );
});

it('sums identical guests to n times one', () => {
  fc.assert(
    fc.property(job, fc.integer({ min: 1, max: 8 }), ({ curve }, n) => {
      const curves = Array.from({ length: n }, () => curve);
      const common = commonInterval(curves);
      const [start, end] = ends(curve);
      expect(common).toEqual({ start, end });
      const one = summedThroughput([curve], start, end);
      expect(summedThroughput(curves, start, end) / (n * one)).toBeCloseTo(1, 12);
    }),
  );
});

it('takes the shape from the log', () => {
  const entries = [100, 300, 200].map((bandwidth, index): LogEntry => ({
    at: 10 + (index + 1) * interval,
    bandwidth: bandwidth / interval,
    direction: 'write',
  }));
  const curve = progressCurve(entries, interval, { bytes: 600, runtime: 3 * interval });
  expect(bytesAt(curve, 10)).toBe(0);
  expect(bytesAt(curve, 10 + interval)).toBeCloseTo(100, 6);
  expect(bytesAt(curve, 10 + 1.5 * interval)).toBeCloseTo(250, 6);
  expect(bytesAt(curve, 99)).toBe(600);
});

describe('the common interval', () => {
  const curve = (start: number, end: number) => ({ times: [start, end], bytes: [0, 1000] });

  it('begins with the last guest and ends with the first', () => {
    expect(commonInterval([curve(0, 10), curve(2, 12), curve(1, 9)])).toEqual({ start: 2, end: 9 });
  });

  it('is none where guests run one after the other', () => {
    expect(commonInterval([curve(0, 5), curve(5, 9)])).toBeUndefined();
  });
});

it('needs a log', () => {
  expect(() => progressCurve([], interval, { bytes: 1, runtime: 1 })).toThrow('log is empty');
});

const seconds = (from: number, to: number) => fc.double({ min: from, max: to, noNaN: true });

/** Guests that begin at other times and run for other lengths, each at a speed of its own. */
const mixed = fc.array(
  fc.record({ start: seconds(0, 5), runtime: seconds(6, 20), speed: seconds(1, 1e9) }),
  { minLength: 1, maxLength: 12 },
);

it('sums the speeds of guests that begin and end at other times', () => {
  fc.assert(
    fc.property(mixed, (guests) => {
      const curves = guests.map(({ start, runtime, speed }) =>
        steadyCurve(start, { bytes: runtime * speed, runtime }),
      );
      const common = commonInterval(curves);
      expect(common?.start).toBe(Math.max(...guests.map(({ start }) => start)));
      const { start = 0, end = 0 } = common ?? {};
      const sum = guests.reduce((all, { speed }) => all + speed, 0);
      expect(summedThroughput(curves, start, end) / sum).toBeCloseTo(1, 6);
    }),
  );
});

it('is additive: over guests, and over parts of the time', () => {
  fc.assert(
    fc.property(fc.array(job, { minLength: 1, maxLength: 6 }), seconds(0, 1), (jobs, share) => {
      const all = jobs.map(({ curve: { times, bytes } }) => {
        const begin = times[0] ?? 0;
        return { times: times.map((time) => time - begin), bytes };
      });
      const common = commonInterval(all);
      if (common === undefined) throw new Error('all of them begin at 0');
      const { start, end } = common;
      const middle = start + share * (end - start);
      const whole = summedThroughput(all, start, end) * (end - start);
      const each = all.map((curve) => summedThroughput([curve], start, end) * (end - start));
      expect(each.reduce((a, b) => a + b, 0)).toBeCloseTo(whole, 3);
      const part = (from: number, to: number) =>
        to > from ? summedThroughput(all, from, to) * (to - from) : 0;
      expect(part(start, middle) + part(middle, end)).toBeCloseTo(whole, 3);
      expect(whole).toBeLessThanOrEqual(jobs.reduce((sum, { bytes }) => sum + bytes, 0) * 1.000001);
    }),
  );
});

it('finds its place in a curve as a look at every point does', () => {
  fc.assert(
    fc.property(job, seconds(-0.2, 1.2), ({ curve }, share) => {
      const [start, end] = ends(curve);
      const time = start + share * (end - start);
      const { times, bytes } = curve;
      const next = times.findIndex((candidate) => candidate >= time);
      const [low, high] =
        next < 0
          ? [bytes.at(-1) ?? 0, bytes.at(-1) ?? 0]
          : [bytes[Math.max(0, next - 1)] ?? 0, bytes[next] ?? 0];
      expect(bytesAt(curve, time)).toBeGreaterThanOrEqual(low - 1e-6);
      expect(bytesAt(curve, time)).toBeLessThanOrEqual(high + 1e-6);
    }),
  );
});

it('needs to know when arrivals began', () => {
  expect(() => steadyCurve(Infinity, { bytes: 1, runtime: 1 })).toThrow('log is empty');
});
