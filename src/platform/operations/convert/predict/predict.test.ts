import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossover } from './crossover.ts';
import { predict, predictedMethods, type PredictionInput } from './predict.ts';

const GiB = 2 ** 30;
const MB = 1e6;

/** A small server on Fast Ethernet. */
const server: PredictionInput = {
  ...{ disk: 20 * GiB, used: 8 * GiB, unmapped: 0, link: 12 * MB, read: 400 * MB, write: 300 * MB },
  ...{ writeRate: MB, workingSet: GiB, tracked: true, memory: GiB, dirtyRate: MB },
  ...{ stage: 5, stop: 1, kexec: 2, boot: 5, switchover: 0.2 },
  ...{ diskBudget: 1, memoryBudget: 0.3 },
};

const inputs = fc.record({
  disk: fc.constant(2 ** 50),
  used: fc.double({ min: 1e6, max: 1e13, noNaN: true }),
  unmapped: fc.double({ min: 0, max: 1e13, noNaN: true }),
  link: fc.double({ min: 1e5, max: 1e10, noNaN: true }),
  read: fc.double({ min: 1e6, max: 1e10, noNaN: true }),
  write: fc.double({ min: 1e6, max: 1e10, noNaN: true }),
  writeRate: fc.double({ min: 0, max: 1e9, noNaN: true }),
  workingSet: fc.double({ min: 0, max: 1e12, noNaN: true }),
  tracked: fc.boolean(),
  memory: fc.double({ min: 1e7, max: 1e12, noNaN: true }),
  dirtyRate: fc.double({ min: 0, max: 1e10, noNaN: true }),
  stage: fc.constant(5),
  stop: fc.double({ min: 0, max: 60, noNaN: true }),
  kexec: fc.double({ min: 0, max: 60, noNaN: true }),
  boot: fc.double({ min: 0, max: 600, noNaN: true }),
  switchover: fc.constant(0.2),
  diskBudget: fc.constant(1),
  memoryBudget: fc.constant(0.3),
});

describe('predict', () => {
  it('adds up by hand', () => {
    const offline = predict('offline', server);
    // 8 GiB at 12 MB/s.
    expect(offline.downtime).toBeCloseTo(1 + 2 + 715.83 + 5, 1);
    expect(offline.total).toBeCloseTo(offline.downtime + 5);
    const { outages } = predict('native-switch', server);
    expect(outages.map(({ seconds }) => Number(seconds.toFixed(1)))).toEqual([8, 0.3]);
    expect(outages[0]?.phases.map(({ name }) => name)).toEqual(['stop', 'kexec', 'boot']);
  });

  it('gives finite times of at least the downtime, for anything', () => {
    fc.assert(
      fc.property(inputs, fc.constantFrom(...predictedMethods), (input, method) => {
        const { total, downtime, outages, moved } = predict(method, input);
        expect(Number.isFinite(total)).toBe(true);
        expect(total).toBeGreaterThanOrEqual(downtime);
        expect(moved).toBeGreaterThanOrEqual(input.used * (method === 'warm-switch' ? 0.99 : 1));
        for (const { phases } of outages) {
          for (const { seconds } of phases) expect(seconds).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('lets the downtime of a switch depend on no size of a disk', () => {
    fc.assert(
      fc.property(inputs, fc.double({ min: 1, max: 1000, noNaN: true }), (input, factor) => {
        const larger = { ...input, used: input.used * factor, disk: input.disk * factor };
        const downtime = (each: PredictionInput) => predict('native-switch', each).downtime;
        expect(downtime(larger)).toBe(downtime(input));
      }),
    );
  });

  it('keeps the rest of a warm conversion in its budget, or says that it cannot', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { outages, notConverging } = predict('warm', input);
        const rest = outages[0]?.phases.find(({ name }) => name === 'rest')?.seconds ?? NaN;
        expect(rest <= input.diskBudget).toBe(notConverging === undefined);
      }),
    );
  });

  it('says what is changed too fast', () => {
    const disk = predict('warm', { ...server, writeRate: 20 * MB, workingSet: 100 * GiB });
    expect(disk.notConverging).toBe('the disk is written faster than changes are copied');
    const memory = predict('native-switch', { ...server, dirtyRate: 50 * MB });
    expect(memory.notConverging).toBe('memory is changed faster than the link carries it');
  });

  it('needs less time for the mirror after warm copying, not less downtime', () => {
    const [alone, after] = [predict('native-switch', server), predict('warm-switch', server)];
    expect(after.downtime).toBe(alone.downtime);
    expect(after.outages[0]?.seconds).toBe(alone.outages[0]?.seconds);
  });

  it('reads all again where nothing tells what is written', () => {
    const without = predict('warm', { ...server, tracked: false });
    expect(without.downtime).toBeGreaterThan(predict('warm', server).downtime + 20);
    expect(without.notConverging).toBeDefined();
  });
});

describe('crossover', () => {
  it('is where both take the same', () => {
    const input = { ...server, disk: 0 };
    const second = predict('native-switch', input).outages[1]?.seconds ?? NaN;
    // The rest is in both: what is copied in the time of the second outage.
    expect(crossover('native-switch', 'offline', input)).toEqual({
      used: expect.closeTo(second * server.link, -2) as number,
    });
    const quick = { ...input, switchover: 0, memoryBudget: 0.01 };
    expect(crossover('native-switch', 'offline', quick)).toBe('always');
  });

  it('is where offline has become ten times as long', () => {
    const at = crossover('native-switch', 'offline', server, 0.1);
    if (typeof at === 'string') throw new Error(at);
    const sized = { ...server, used: at.used, disk: Math.max(server.disk, at.used) };
    const ratio = predict('native-switch', sized).downtime / predict('offline', sized).downtime;
    expect(ratio).toBeCloseTo(0.1, 4);
  });

  it('never comes where the other is shorter at all sizes', () => {
    expect(crossover('offline', 'native-switch', { ...server, disk: 0 }, 0.5)).toBe('never');
  });

  it('separates sizes at which it holds from those at which it does not', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const at = crossover('native-switch', 'offline', { ...input, disk: 0 });
        if (typeof at === 'string') return;
        const holds = (used: number) => {
          const sized = { ...input, used, disk: used };
          return predict('native-switch', sized).downtime <= predict('offline', sized).downtime;
        };
        expect([holds(at.used * 0.99), holds(at.used * 1.01)]).toEqual([false, true]);
      }),
    );
  });
});
