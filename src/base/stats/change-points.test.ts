import { describe, expect, it } from 'vitest';
import { changePoints } from './change-points.ts';
import { normalQuantile } from './normal.ts';
import { seededRandom } from './random.ts';

const noise = (seed: string) => {
  const random = seededRandom(seed);
  return () => normalQuantile(random.next() + 2 ** -54);
};
const series = (seed: string, levels: readonly number[]) => {
  const normal = noise(seed);
  return levels.map((level) => level + normal());
};
const repeated = (...runs: [count: number, level: number][]) =>
  runs.flatMap(([count, level]) => Array.from({ length: count }, () => level));
const found = (values: readonly number[]) =>
  changePoints(values, { random: seededRandom('change') }).map(({ index }) => index);

describe('finds', () => {
  it('a step where it is', () => {
    const [index = NaN, ...others] = found(series('a', repeated([20, 0], [20, 4])));
    expect(others).toEqual([]);
    expect(Math.abs(index - 20)).toBeLessThanOrEqual(1);
  });

  it('several steps in their order, and back', () => {
    const steps = found(series('b', repeated([20, 0], [15, 5], [20, 0])));
    expect(steps).toHaveLength(2);
    for (const [at, step] of steps.entries()) {
      expect(Math.abs(step - (at === 0 ? 20 : 35))).toBeLessThanOrEqual(1);
    }
  });

  it('a change of spread alone', () => {
    const normal = noise('c');
    const values = Array.from({ length: 120 }, (_, i) => normal() * (i < 60 ? 1 : 8));
    const [index = NaN] = found(values);
    expect(Math.abs(index - 60)).toBeLessThanOrEqual(6);
  });
});

describe('finds nothing', () => {
  it('in noise, more often than it says', () => {
    const some = Array.from({ length: 60 }, (_, seed) =>
      found(series(`d${seed}`, repeated([25, 0]))),
    );
    expect(some.filter((one) => one.length > 0).length).toBeLessThanOrEqual(3);
  });

  it('in equal values, and in few', () => {
    expect(found(repeated([30, 1]))).toEqual([]);
    expect(found([1, 2, 900, 901])).toEqual([]);
  });
});

it('gives the same for the same seed', () => {
  const values = series('e', repeated([12, 0], [12, 1.5]));
  const once = () => changePoints(values, { random: seededRandom('x') });
  expect(once()).toEqual(once());
});

it('expects finite values', () => {
  const random = seededRandom('x');
  expect(() => changePoints([], { random })).toThrow(RangeError);
  expect(() => changePoints([1, Infinity], { random })).toThrow(RangeError);
});
