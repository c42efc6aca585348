import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jobSchema } from '../options.ts';
import { arrivalSections, arrivalsOf } from './arrivals.ts';

const job = fc
  .record({
    rw: fc.constantFrom('randread', 'randwrite', 'randrw'),
    rate: fc.integer({ min: 2, max: 100_000 }),
    iodepth: fc.integer({ min: 2, max: 64 }),
    readShare: fc.integer({ min: 1, max: 99 }),
    arrivals: fc.constantFrom('poisson', 'linear'),
  })
  .map((each) => jobSchema.parse({ name: 'j', ...each }));

const request = { index: 3, name: 'job:3:j', barrier: 'wait', seed: 7, options: { filename: 'f' } };

it('asks for the whole rate, over all streams and directions', () => {
  fc.assert(
    fc.property(job, (each) => {
      const [, ...streams] = arrivalSections(each, request);
      const sum = streams.reduce(
        (rate, { options }) => rate + Number(options.rate_iops) * Number(options.numjobs),
        0,
      );
      expect(sum).toBe(each.rate);
      for (const { options } of streams) {
        expect(options.rate_iops).toBeGreaterThan(0);
        expect(options.numjobs).toBeGreaterThan(0);
        expect(options).toMatchObject({ rate_process: each.arrivals, randseed: 7, filename: 'f' });
      }
    }),
  );
});

it('divides Poisson arrivals over as many streams as may be in flight, at most', () => {
  fc.assert(
    fc.property(job, (each) => {
      const arrivals = arrivalsOf(each);
      const streams = arrivals.reduce((sum, one) => sum + one.streams, 0);
      if (each.arrivals === 'linear') expect(streams).toBe(arrivals.length);
      else expect(streams).toBeLessThanOrEqual(each.iodepth);
      expect(arrivals.reduce((sum, { rate }) => sum + rate, 0)).toBe(each.rate);
    }),
  );
});

it('is one group behind one barrier, called as the job', () => {
  fc.assert(
    fc.property(job, (each) => {
      const [barrier, first, ...others] = arrivalSections(each, request);
      expect(barrier?.options).toMatchObject({ ioengine: 'null', exec_prerun: 'wait' });
      expect(first?.name).toBe('job:3:j');
      expect(first?.options).toHaveProperty('stonewall');
      for (const section of [first, ...others]) {
        expect(section?.options).toHaveProperty('group_reporting');
        expect(section?.options).not.toHaveProperty('exec_prerun');
      }
      for (const { options } of others) expect(options).not.toHaveProperty('stonewall');
    }),
  );
});

it('divides reads and writes by their share', () => {
  const mixed = jobSchema.parse({
    name: 'j',
    rw: 'randrw',
    rate: 1000,
    iodepth: 20,
    readShare: 70,
  });
  expect(arrivalsOf(mixed)).toEqual([
    { direction: 'read', rate: 700, streams: 14 },
    { direction: 'write', rate: 300, streams: 6 },
  ]);
});

it('has no arrivals without rate', () => {
  expect(arrivalsOf(jobSchema.parse({ name: 'j', rw: 'randread' }))).toEqual([]);
});
