import { describe, expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { capacityOf, type Capacity, type CapacityLine } from './capacity.ts';
import type { Law } from './law.ts';
import { parseLimits } from './limit.ts';
import { requestOf } from './request.ts';
import {
  syntheticAnalysis,
  usualLaws,
  type SyntheticCapacity,
} from './synthetic-capacity.example.ts';
import { uslThroughput } from './usl.ts';
import { expectationOf, hostsNeeded } from './what-if.ts';

type WithLaw = CapacityLine & { law: Law };

function capacity(options: SyntheticCapacity = {}): Capacity {
  const analysis = syntheticAnalysis({ noise: 0.001, ...options });
  const wishes = { limits: parseLimits(['p99=30ms']) };
  return capacityOf(analysis, { ...requestOf(analysis, wishes), resamples: 100 });
}

describe('what so many guests are expected to get', { timeout: 60_000 }, () => {
  const [local, shared] = capacity().lines as [WithLaw, WithLaw];

  it('lies on the curve; latency between what was measured', () => {
    const at = expectationOf(local, 5);
    expect(at.throughput.value / uslThroughput(usualLaws.local, 5)).toBeCloseTo(1, 2);
    expect(at.basis).toBe('between');
    const [four, six] = [4, 6].map((guests) => expectationOf(local, guests).latency ?? NaN);
    expect(at.latency).toBeGreaterThan(four ?? NaN);
    expect(at.latency).toBeLessThan(six ?? NaN);
    expect(expectationOf(local, 6).basis).toBe('measured');
    expect(expectationOf(local, 18)).toMatchObject({ basis: 'beyond' });
    expect(expectationOf(local, 18).latency).toBeUndefined();
  });

  it('is refused beyond twice the range unless asked, and named then', () => {
    expect(() => expectationOf(local, 25)).toThrow(UserError);
    expect(() => expectationOf(local, 25)).toThrow(
      'local: expected at most 24 guests, twice the 12 that were measured, got 25',
    );
    expect(expectationOf(local, 25, { beyond: true }).basis).toBe('extrapolated');
  });

  it('is divided among hosts where each has the storage for itself, else not', () => {
    const two = expectationOf(local, 12, { hosts: 2 });
    expect(two.throughput.value).toBeCloseTo(2 * expectationOf(local, 6).throughput.value, 3);
    expect(two.latency).toBe(expectationOf(local, 6).latency);
    expect(expectationOf(local, 40, { hosts: 4 }).basis).toBe('between');
    expect(() => expectationOf(shared, 40, { hosts: 4 })).toThrow('got 40');
  });
});

describe('hosts needed', { timeout: 60_000 }, () => {
  it('are guests divided by what one host carries, on a storage of its own', () => {
    const found = capacity();
    const [local] = found.lines as [CapacityLine];
    const each = Math.floor(local.all?.guests ?? NaN);
    for (const guests of [1, each, each + 1, 10 * each]) {
      const { hosts, atLeast } = hostsNeeded(found, local, guests) ?? { hosts: NaN };
      expect(hosts).toBe(Math.ceil(guests / each));
      expect(atLeast).toBe(false);
    }
  });

  it('are those measured on a shared storage; behind them only a lower bound is known', () => {
    const found = capacity({ factors: { hosts: [1, 2] } });
    const shared = found.lines[2] as CapacityLine;
    const each = Math.floor(shared.all?.guests ?? NaN);
    expect(hostsNeeded(found, shared, each)).toEqual({ hosts: 1, atLeast: false });
    expect(hostsNeeded(found, shared, 3 * each + 1)).toEqual({ hosts: 4, atLeast: true });
  });

  it('are not known where no limit is broken in the range', () => {
    const analysis = syntheticAnalysis();
    const wishes = { limits: parseLimits(['p99=10s']) };
    const found = capacityOf(analysis, { ...requestOf(analysis, wishes), resamples: 10 });
    expect(hostsNeeded(found, found.lines[0] as CapacityLine, 100)).toBeUndefined();
  });
});
