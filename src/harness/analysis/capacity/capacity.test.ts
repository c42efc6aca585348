import { describe, expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { capacityOf } from './capacity.ts';
import { parseLimits } from './limit.ts';
import { requestOf, type Wishes } from './request.ts';
import {
  syntheticAnalysis,
  type SyntheticCapacity,
  usualLaws,
} from './synthetic-capacity.example.ts';
import { crossingSentence, withinSentence } from './texts.ts';
import { capacityWarnings } from './warnings.ts';

function capacity(options: SyntheticCapacity = {}, wishes: Wishes = {}) {
  const analysis = syntheticAnalysis(options);
  return capacityOf(analysis, { ...requestOf(analysis, wishes), resamples: 200 });
}

/** 1 guest asks for 3 MB/s in requests of 4 KiB. */
const rate = 750;

describe('capacity of a run', { timeout: 60_000 }, () => {
  it('has a law with intervals for each storage', () => {
    const { lines, blocks } = capacity();
    expect(blocks).toBe(8);
    expect(lines.map(({ text }) => text)).toEqual(['local', 'shared']);
    for (const [index, truth] of Object.values(usualLaws).entries()) {
      const law = lines[index]?.law;
      for (const name of ['lambda', 'sigma', 'kappa'] as const) {
        const { low, high } = law?.[name].interval ?? { low: NaN, high: NaN };
        expect(low, name).toBeLessThan(truth[name] * 1.1);
        expect(high, name).toBeGreaterThan(truth[name] * 0.9);
      }
    }
    expect(lines[0]?.law?.peak?.guests.value).toBeCloseTo(Math.sqrt(0.92 / 0.012), 0);
    // κ of shared puts its peak at 17.8 guests, behind the range.
    expect(lines[1]?.law?.peak).toBeUndefined();
  });

  it('says how many guests keep a limit on latency', () => {
    const limits = parseLimits(['p99=30ms']);
    const { lines } = capacity({}, { limits });
    const [local] = lines;
    const levels = local?.levels ?? [];
    const within = levels.filter((level) => (level.limited.get('p99')?.median ?? Infinity) <= 0.03);
    const guests = local?.all?.guests ?? NaN;
    expect(guests).toBeGreaterThanOrEqual(within.at(-1)?.guests ?? NaN);
    expect(guests).toBeLessThan(levels[within.length]?.guests ?? NaN);
    expect(local?.all?.interval?.low).toBeLessThanOrEqual(guests);
    expect(local?.all?.interval?.high).toBeGreaterThanOrEqual(guests);
    expect(local && withinSentence(local)).toMatch(
      /^local: \d guests? a host within the limits \([\d.]+, 95 % interval .*\); the first limit broken: p99 at most 30 ms\.$/,
    );
  });

  it('takes 95 % of the rate asked as limit where guests are limited in rate', () => {
    const { limits, lines } = capacity({ rate });
    expect(limits.map(({ text }) => text)).toEqual(['at least 95 % of the rate asked']);
    // 3.07 MB/s times N against the law of local: 0.95 is passed between 8 and 12.
    expect(lines[0]?.all?.guests).toBeGreaterThan(8);
    expect(lines[0]?.all?.guests).toBeLessThan(10);
  });

  it('takes the limits of the scenario before, and of the command line instead', () => {
    const own = { rate, limits: { p95: '50ms', guest: '2MB/s' } };
    expect(capacity(own).limits.map(({ name }) => name)).toEqual(['p95', 'guest']);
    const wishes = { limits: parseLimits(['guest=1MB/s']) };
    expect(capacity(own, wishes).limits).toMatchObject([{ name: 'guest', bound: 1e6 }]);
  });

  it('finds where storages cross, with an interval', () => {
    const found = capacity({ noise: 0.01 });
    const [crossing] = found.crossings;
    expect(crossing?.guests?.value).toBeGreaterThan(6);
    expect(crossing?.guests?.value).toBeLessThan(12);
    expect(crossing?.ahead).toBe('a');
    expect(crossing && crossingSentence(found, crossing)).toMatch(
      /^local and shared cross at [\d.]+ guests \(95 % interval [\d.]+–[\d.]+\): local is ahead below, shared above\. Both lie on one device/,
    );
  });

  it('says so where they do not cross, and where it is uncertain', () => {
    const apart = { local: usualLaws.local, shared: { ...usualLaws.local, lambda: 4e6 } };
    const none = capacity({ laws: apart });
    expect(none.crossings[0] && crossingSentence(none, none.crossings[0])).toMatch(
      /^local and shared: no crossing in range \(1–12 guests\); local is ahead throughout\./,
    );
    const alike = { local: usualLaws.local, shared: usualLaws.local };
    const open = capacity({ laws: alike, noise: 0.1 });
    expect(open.crossings[0]?.guests?.interval?.high ?? Infinity).toBe(Infinity);
  });

  it('gives the same answer each time', () => {
    expect(capacity()).toEqual(capacity());
  });

  it('has lines of their own for other factors, and crosses storages only', () => {
    const { lines, crossings } = capacity({ factors: { hosts: [1, 2] }, guests: [2, 4, 8] });
    expect(lines.map(({ text, hosts }) => [text, hosts])).toEqual([
      ['local · 1 host', 1],
      ['local · 2 hosts', 2],
      ['shared · 1 host', 1],
      ['shared · 2 hosts', 2],
    ]);
    expect(crossings.map(({ a, b }) => [a, b])).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  it('counts trials that failed as worst, and leaves levels out that mostly fail', () => {
    const laws = { local: usualLaws.local };
    const found = capacity({ laws, failsAt: 12 }, { limits: parseLimits(['p99=10s']) });
    expect(found.lines[0]?.all?.guests).toBe(8);
    expect(capacityWarnings(found).join('\n')).toContain('failed at 12 guests');
    expect(capacityWarnings(found).join('\n')).not.toContain('limited in rate');
  });
});

describe('warnings', { timeout: 60_000 }, () => {
  it('tell too few numbers of guests, too few blocks, and no saturation', () => {
    const laws = { local: { lambda: 1e6, sigma: 0.001, kappa: 0 } };
    const texts = capacityWarnings(
      capacity({ laws, guests: [1, 2, 4], blocks: 4 }, { limits: parseLimits(['aggregate=95%']) }),
    ).join('\n');
    expect(texts).toContain('Only 4 complete blocks of trials: no intervals');
    expect(texts).toContain('local: 3 numbers of guests; at least 6, past saturation, are wanted');
    expect(texts).toContain('local: no saturation in the range (1–4 guests)');
    expect(texts).toContain(
      '"at least 95 % of the rate asked" cannot be judged: no rate was asked',
    );
  });

  it('are silent where there is nothing to say', () => {
    expect(capacityWarnings(capacity({}, { limits: parseLimits(['p99=30ms']) }))).toEqual([]);
  });

  it('tell a curve that misses its points', () => {
    const found = capacity({ rate: 1500, noise: 0.01 });
    const misses = found.lines.filter(({ law }) => Math.abs(law?.misfit.share ?? 0) > 0.15);
    expect(capacityWarnings(found).filter((text) => text.includes('misses'))).toHaveLength(
      misses.length,
    );
  });
});

describe('runs that say nothing about capacity', { timeout: 60_000 }, () => {
  const request = (options: SyntheticCapacity, wishes: Wishes = {}) =>
    requestOf(syntheticAnalysis(options), wishes);

  it('are refused', () => {
    expect(() => request({ guests: [4] })).toThrow(UserError);
    expect(() => request({ guests: [4] })).toThrow(
      'several numbers of guests (factors.guests), got only 4',
    );
    const analysis = syntheticAnalysis();
    expect(() => requestOf({ ...analysis, series: [] })).toThrow('a run with guest-io');
  });

  it('as are jobs and percentiles that it does not have', () => {
    expect(() => request({}, { job: 'randraed' })).toThrow('did you mean "randread"?');
    expect(() => request({}, { percentile: 98 })).toThrow('(50, 95, 99), got 98');
    expect(() => request({}, { limits: parseLimits(['p90=1s']) })).toThrow('got 90');
  });
});
