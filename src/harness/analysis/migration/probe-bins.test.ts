import fc from 'fast-check';
import { expect, it } from 'vitest';
import { thinProbes } from './probe-bins.ts';

const bin = 0.02;
const probe = (index: number, worst?: number) => ({
  event: 'probe',
  at: index * bin,
  figures: {
    bin,
    answered: worst === undefined ? 0 : 20,
    unanswered: worst === undefined ? 20 : 0,
    ...(worst === undefined ? {} : { worst }),
  },
});

it('leaves few bins as they are', () => {
  const events = [probe(0, 0.001), probe(1), probe(2, 0.003), { event: 'outage', at: 0.03 }];
  const { probes, binWidth } = thinProbes(events, 0, 0.1);
  expect(binWidth).toBe(bin);
  expect(probes.map(({ worst, unanswered }) => [worst, unanswered])).toEqual([
    [0.001, 0],
    [undefined, 20],
    [0.003, 0],
  ]);
});

it('of many keeps few, with the slowest answer and all that were not answered', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.double({ min: 1e-4, max: 1, noNaN: true })), {
        minLength: 600,
        maxLength: 4000,
      }),
      (worsts) => {
        const events = worsts.map((worst, index) => probe(index, worst ?? undefined));
        const { probes } = thinProbes(events, 0, worsts.length * bin);
        expect(probes.length).toBeLessThanOrEqual(452);
        const slowest = (values: (number | null | undefined)[]) =>
          Math.max(0, ...values.map((value) => value ?? 0));
        expect(slowest(probes.map(({ worst }) => worst))).toBe(slowest(worsts));
        expect(probes.reduce((sum, { unanswered }) => sum + unanswered, 0)).toBe(
          20 * worsts.filter((worst) => worst === null).length,
        );
      },
    ),
    { numRuns: 20 },
  );
});
