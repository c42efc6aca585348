import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../../../base/stats/normal.ts';
import { seededRandom, type Random } from '../../../base/stats/random.ts';
import type { Figure, Line } from './figures.ts';
import { describeLaw, expectedThroughput, lawOf } from './law.ts';
import { medianOfTrials, percentileInterval, resample } from './resample.ts';
import { type Usl, uslThroughput } from './usl.ts';

const levels = [1, 2, 3, 4, 6, 8, 12];

/** A line with noise of each trial and noise that the trials of a block share. */
function lineOf(usl: Usl, blocks: number, random: Random): Line {
  const normal = () => normalQuantile(random.next() * (1 - 2e-9) + 1e-9);
  const shared = Array.from({ length: blocks }, () => 0.03 * normal());
  return {
    ...{ text: 'local', arm: {}, storage: 'local', hosts: 1, local: true },
    levels: levels.map((guests, arm) => {
      const values = shared.map(
        (block) => uslThroughput(usl, guests) * Math.exp(block + 0.04 * normal()),
      );
      return { guests, arm, throughput: figure(values), limited: new Map<string, Figure>() };
    }),
  };
}

function figure(values: readonly number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const median = ((sorted[Math.ceil(half) - 1] ?? NaN) + (sorted[Math.floor(half)] ?? NaN)) / 2;
  return { byBlock: new Map(values.map((value, block) => [block, value])), median };
}

function fitted(line: Line, random: Random, count: number) {
  const draws: Usl[] = [];
  resample([line], random, count, (medianOf) => draws.push(lawOf(line, medianOf) as Usl));
  return describeLaw(line, lawOf(line, medianOfTrials) as Usl, draws);
}

describe('intervals by resampling whole blocks', () => {
  it('cover the truth about as often as they say', { timeout: 60_000 }, () => {
    const truth = { lambda: 1, sigma: 0.08, kappa: 0.012 };
    const random = seededRandom('coverage');
    const times = 200;
    const hits = { lambda: 0, sigma: 0, kappa: 0, peak: 0, at8: 0 };
    const holds = (bounds: { low: number; high: number } | undefined, value: number) =>
      Number(bounds !== undefined && bounds.low <= value && value <= bounds.high);
    for (let time = 0; time < times; time++) {
      const law = fitted(lineOf(truth, 10, random), random, 150);
      hits.lambda += holds(law.lambda.interval, truth.lambda);
      hits.sigma += holds(law.sigma.interval, truth.sigma);
      hits.kappa += holds(law.kappa.interval, truth.kappa);
      hits.peak += holds(law.peak?.guests.interval, Math.sqrt((1 - 0.08) / 0.012));
      hits.at8 += holds(expectedThroughput(law, 8).interval, uslThroughput(truth, 8));
    }
    for (const [name, count] of Object.entries(hits)) {
      expect(count / times, name).toBeGreaterThan(0.88);
      // They are no wider than they have to be, either: all would be covered then.
      expect(count / times, name).toBeLessThan(0.999);
    }
  });

  it('are not given below six complete blocks', () => {
    const line = lineOf({ lambda: 1, sigma: 0.1, kappa: 0 }, 5, seededRandom('few'));
    let calls = 0;
    resample([line], seededRandom('few'), 10, () => calls++);
    expect(calls).toBe(0);
    expect(fitted(line, seededRandom('few'), 10).lambda.interval).toBeUndefined();
  });

  it('leave blocks out that lack a trial, for all figures alike', () => {
    const line = lineOf({ lambda: 1, sigma: 0.1, kappa: 0 }, 8, seededRandom('holes'));
    for (const { throughput } of line.levels.slice(2, 5)) {
      (throughput.byBlock as Map<number, number>).delete(3);
    }
    const first = line.levels[0]?.throughput as Figure;
    const missing = first.byBlock.get(3);
    resample([line], seededRandom('holes'), 200, (medianOf) => {
      for (const { throughput } of line.levels) expect(medianOf(throughput)).toBeGreaterThan(0);
      expect(medianOf(first)).not.toBe(missing);
    });
  });
});

it('a resample without a figure counts against both bounds', () => {
  const draws = [...Array.from({ length: 95 }, (_, i) => i / 95), ...Array<number>(5).fill(NaN)];
  expect(percentileInterval(draws)).toEqual({ low: -Infinity, high: Infinity });
  expect(percentileInterval(draws.slice(0, 95))?.low).toBeCloseTo(0.025, 1);
  expect(percentileInterval([])).toBeUndefined();
});
