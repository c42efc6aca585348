import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Metric } from '../results/schema.ts';
import { PilotValues, type PilotSample } from './pilot.ts';

const metrics: Record<string, Metric> = {
  'a.total': { title: 'A', unit: 's', better: 'lower', headline: true },
  'a.phase': { title: 'Phase', unit: 's', better: 'lower' },
};
const repeat = { trials: 'auto', pilot: 5, precision: 0.05, most: 50 } as const;

const sample = (value: number, other: Partial<PilotSample> = {}): PilotSample => ({
  metric: 'a.total',
  arm: { storage: 'local' },
  value,
  ...other,
});

/** The plan from one value a trial. */
function planOf(values: readonly number[], other: Partial<PilotSample> = {}): number {
  const pilot = new PilotValues(metrics);
  for (const value of values) pilot.add([sample(value, other)]);
  return pilot.plan(repeat);
}

const quiet = [1, 1.001, 1.002, 0.999, 1];
const noisy = [1, 1.1, 0.9, 1.2, 0.8];

it('plans no fewer than an interval or the pilot needs, and no more than allowed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 10 }),
      fc.record({
        trials: fc.constant('auto' as const),
        pilot: fc.integer({ min: 3, max: 20 }),
        precision: fc.double({ min: 0.001, max: 1, noNaN: true }),
        most: fc.integer({ min: 20, max: 500 }),
      }),
      (values, wanted) => {
        const pilot = new PilotValues(metrics);
        for (const value of values) pilot.add([sample(value)]);
        const planned = pilot.plan(wanted);
        expect(planned).toBeGreaterThanOrEqual(Math.max(6, wanted.pilot));
        expect(planned).toBeLessThanOrEqual(wanted.most);
      },
    ),
  );
});

it('plans more where values scatter more', () => {
  expect(planOf(quiet)).toBe(6);
  expect(planOf(noisy)).toBeGreaterThan(20);
});

it('looks at the worst of all arms and jobs', () => {
  const pilot = new PilotValues(metrics);
  for (const [index, value] of quiet.entries()) {
    pilot.add([sample(value), sample(noisy[index] ?? 1, { job: 'randread' })]);
  }
  expect(pilot.plan(repeat)).toBe(planOf(noisy));
});

it('takes the middle of the guests of a trial', () => {
  const pilot = new PilotValues(metrics);
  for (const value of quiet) pilot.add([sample(value), sample(value), sample(value * 100)]);
  expect(pilot.plan(repeat)).toBe(6);
});

it('passes over what is no headline, and over zeros', () => {
  expect(planOf(noisy, { metric: 'a.phase' })).toBe(6);
  expect(planOf([0, 0, 0, 0, 0])).toBe(6);
});

it('plans the most where too few trials of the pilot gave a value', () => {
  expect(planOf([1, 1])).toBe(50);
});
