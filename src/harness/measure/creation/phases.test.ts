import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bootPhaseEnds, creationPhases, restorePhaseEnds } from './phases.ts';

const boundaries = new Set([...bootPhaseEnds, ...restorePhaseEnds].map(([, boundary]) => boundary));

/** Stamps in whole milliseconds, so that sums are exact; any boundary but the service may be missing. */
const stamps = fc
  .record({
    requested: fc.nat(1e9),
    total: fc.nat(100_000),
    others: fc.record(
      Object.fromEntries(
        [...boundaries]
          .filter((name) => name !== 'service')
          .map((name) => [name, fc.integer({ min: -100, max: 110_000 })] as const),
      ),
      { requiredKeys: [] },
    ),
  })
  .map(({ requested, total, others }) => ({
    requested,
    service: requested + total,
    ...Object.fromEntries(Object.entries(others).map(([name, at = 0]) => [name, requested + at])),
  }));

it('phases add up to exactly the total, and none is negative, whatever was seen and in which order', () => {
  fc.assert(
    fc.property(stamps, (each) => {
      const phases = creationPhases(each);
      const sum = phases.reduce((all, { duration }) => all + duration, 0);
      expect(sum).toBe(each.service - each.requested);
      for (const { duration } of phases) expect(duration).toBeGreaterThanOrEqual(0);
      expect(new Set(phases.map(({ phase }) => phase)).size).toBe(phases.length);
    }),
  );
});

const beforeKernel = { requested: 10, provisioned: 11, defined: 13, monitor: 16 };
const seen = { ...beforeKernel, kernel: 20, init: 25, agent: 31, service: 38 };
const lengths = (each: Parameters<typeof creationPhases>[0]) =>
  Object.fromEntries(creationPhases(each).map(({ phase, duration }) => [phase, duration]));

it('gives every phase between the boundaries seen', () => {
  expect(lengths(seen)).toEqual({
    ...{ provision: 1, define: 2, spawn: 3, firmware: 4 },
    ...{ kernel: 5, userspace: 6, ready: 7, unaccounted: 0 },
  });
});

it('leaves the time up to a boundary that was not seen unaccounted', () => {
  const others = { ...beforeKernel, kernel: 20, agent: 31, service: 38 };
  expect(lengths(others)).toMatchObject({ firmware: 4, unaccounted: 11, ready: 7 });
  expect(Object.keys(lengths(others))).not.toContain('kernel');
  expect(Object.keys(lengths(others))).not.toContain('userspace');
});

it('ends with the service if the agent answers after it', () => {
  expect(lengths({ ...seen, agent: 50 })).toMatchObject({ userspace: 13, ready: 0 });
});

it('gives a restored guest the phases of its own, and none for a boot that never was', () => {
  const restored = { restored: 18, agent: 19, identity: 21, service: 22 };
  expect(lengths({ ...beforeKernel, ...restored })).toEqual({
    ...{ provision: 1, define: 2, spawn: 3, restore: 2, identity: 3, ready: 1, unaccounted: 0 },
  });
});

it('leaves the start of a restored guest whose identity was not seen unaccounted', () => {
  const restored = { ...beforeKernel, restored: 18, service: 22 };
  expect(lengths(restored)).toMatchObject({ restore: 2, unaccounted: 4 });
  expect(Object.keys(lengths(restored))).not.toContain('identity');
});
