import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../base/stats/random.ts';
import { amounts } from '../../cluster/model/index.ts';
import { placementPolicies, placementPolicy } from '../../cluster/placement/index.ts';
import { correlatedFaults } from '../faults.ts';
import { workloads, type WorkloadName } from '../workload/list.ts';
import { readTrace, traceWorkload } from '../workload/trace.ts';
import type { GuestsSimulation } from './options.ts';
import { noRebalancing, type Rebalance } from './rebalance.ts';
import { simulateGuests } from './simulate.ts';

const gibibyte = 2 ** 30;
const times = {
  ...{ create: 3, restart: 8, startsAtOnce: 1, fence: 5 },
  migrate: { setup: 1, rate: gibibyte },
  heartbeats: { interval: 1, missed: 5, grace: 5 },
};
const hosts = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: `h${index}`,
    capacity: amounts({ cpu: 8, memory: 32 * gibibyte }),
  }));
const shape = (cpu: number, memory: number, weight = 1) => ({
  ...{ demand: amounts({ cpu, memory: memory * gibibyte }), weight, priority: 0 },
});

interface Some {
  placement?: string;
  seed?: string;
  together?: number;
  load?: WorkloadName;
  nPlusOne?: boolean;
}

function options({
  placement = 'best-fit',
  seed = '1',
  together = 0,
  ...some
}: Some = {}): GuestsSimulation {
  const random = seededRandom(seed);
  const { load = 'bursts', nPlusOne = false } = some;
  const duration = 2 * 3600;
  const faults = { hosts: 30, together, incidents: 1, duration, repair: 1800 };
  const subjects = { subjects: 150, mean: 0.5, spread: 0.5, step: 300 };
  return {
    ...{ hosts: hosts(30), guests: 150, shapes: [shape(1, 4, 3), shape(4, 8)], replicas: 1 },
    rules: { overcommit: { cpu: 2 }, ...(nPlusOne && { nPlusOne: ['memory'] }) },
    ...{ lifetime: 3600, check: 300, threshold: 0.8, duration, points: 12, times },
    placement: placementPolicy(placement),
    rebalance: noRebalancing,
    workload: workloads[load]({ ...subjects, random: random.fork('load') }),
    incidents: correlatedFaults({ ...faults, random: random.fork('faults') }),
    random: random.fork('world'),
    draws: random.fork('draws'),
  };
}

/** Guests of 4 cores whose loads a trace gives; they stay to the end. */
function traced(text: string, guests: number, changes: Partial<GuestsSimulation> = {}) {
  return simulateGuests({
    ...options(),
    ...{ guests, shapes: [shape(4, 8)], lifetime: Infinity, duration: 100, points: 100 },
    workload: traceWorkload(readTrace(`time,guest,load\n${text}`, 'trace')),
    ...changes,
  });
}

const names = placementPolicies.map(({ name }) => name);

describe('simulateGuests', () => {
  it.each(names)('gives the same for the same seed: %s', (placement) => {
    const outcome = simulateGuests(options({ placement, together: 4 }));
    expect(simulateGuests(options({ placement, together: 4 }))).toEqual(outcome);
    expect(simulateGuests(options({ placement, together: 4, seed: '2' }))).not.toEqual(outcome);
  });

  it('asks the same of all policies: where none is refused, the same load', () => {
    const loads = ['best-fit', 'round-robin', 'random'].map((placement) => {
      const outcome = simulateGuests(options({ placement }));
      expect(outcome.refused).toBe(0);
      return outcome.history.map(({ time, load }) => [time, load.toFixed(9)]);
    });
    for (const load of loads) expect(load).toEqual(loads[0]);
  });

  it('measures overload and unmet demand to the second', () => {
    // Two guests of 4 cores fill a host of 8; from 50 s on they ask for 12 of its 8 cores.
    const outcome = traced('0,a,0.5\n50,a,1.5\n', 2, { hosts: hosts(1) });
    expect(outcome.overloaded).toBeCloseTo(0.5);
    expect(outcome.unmet).toBeCloseTo((4 * 50) / (4 * 50 + 12 * 50));
    expect(outcome.used).toBeCloseTo(1);
    expect(outcome.imbalance).toBe(0);
    const alone = traced('0,a,0.5\n', 1, { hosts: hosts(2) });
    expect(alone.imbalance).toBeCloseTo(0.125);
    expect(alone.used).toBeCloseTo(1);
  });

  it('refuses guests for which there is no room, and counts them', () => {
    expect(traced('0,a,0.5\n', 8, { hosts: hosts(1) }).refused).toBeCloseTo(4 / 8);
  });

  it('starts lost guests again after silence, grace, fencing and restart, one after the other', () => {
    const incidents = [{ at: 20, hosts: [0], repair: 1000 }];
    const outcome = traced('0,a,0.5\n', 4, { hosts: hosts(2), incidents });
    expect(outcome).toMatchObject({ lost: 4, restarted: 4 });
    const known = 5 + 5 + 5;
    expect(outcome.outage).toBeCloseTo((4 * known + 8 + 16 + 24 + 32) / 4);
    const down = (time: number) => outcome.history.find((one) => one.time === time)?.down;
    expect([19, 21, 42, 44, 60, 68].map(down)).toEqual([0, 4, 4, 3, 1, 0]);
  });

  it('leaves lost guests for which there is no room until there is some', () => {
    const incidents = [{ at: 20, hosts: [0], repair: 40 }];
    const outcome = traced('0,a,0.5\n', 8, { hosts: hosts(2), incidents });
    expect(outcome).toMatchObject({ lost: 4, restarted: 4 });
    const down = (time: number) => outcome.history.find((one) => one.time === time)?.down;
    expect([59, 67, 69].map(down)).toEqual([4, 4, 3]);
  });

  it('keeps room for the loss of any one host where it shall', () => {
    for (const seed of ['1', '2', '3']) {
      const outcome = simulateGuests({
        ...options({ placement: 'worst-fit', seed, together: 1, nPlusOne: true }),
        lifetime: Infinity,
      });
      expect(outcome.lost).toBeGreaterThan(0);
      expect(outcome.restarted).toBe(outcome.lost);
    }
  });

  it('moves guests as told, in the time that their memory takes, with room kept on both sides', () => {
    let told = false;
    const rebalance: Rebalance = (cluster) => {
      const guest = cluster.guestsOn(0)[0];
      if (told || guest === undefined) return [];
      told = true;
      return [{ guest, place: { host: 1, backup: -1 } }];
    };
    const outcome = traced('0,a,1\n', 2, { hosts: hosts(2), rebalance, check: 40 });
    // 8 GiB at 1 GiB a second, after a second of set-up; both guests need a whole host until then.
    const over = (time: number) => outcome.history.find((one) => one.time === time)?.overloaded;
    expect([48, 50].map(over)).toEqual([1, 0]);
    expect(outcome.moves).toBe(1);
  });

  it('never serves less than nothing or more than was asked, whatever fails meanwhile', () => {
    const any = fc.record({
      placement: fc.constantFrom(...names),
      seed: fc.string(),
      together: fc.nat(15),
      load: fc.constantFrom('steady', 'diurnal', 'bursts'),
      nPlusOne: fc.boolean(),
    } as const);
    fc.assert(
      fc.property(any, (some) => {
        const outcome = simulateGuests(options(some));
        for (const share of [outcome.unmet, outcome.overloaded, outcome.refused]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
        expect(outcome.used).toBeLessThanOrEqual(30 + 1e-9);
        expect(outcome.restarted).toBeLessThanOrEqual(outcome.lost);
        for (const { load, unmet, down } of outcome.history) {
          expect(load).toBeGreaterThanOrEqual(-1e-9);
          expect(unmet).toBeGreaterThanOrEqual(-1e-6);
          expect(down).toBeLessThanOrEqual(outcome.lost);
        }
      }),
      { numRuns: 30 },
    );
  });
});
