import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../base/stats/random.ts';
import {
  sharingPolicies,
  usualRules,
  type SharingPolicyName,
} from '../../cluster/sharing/index.ts';
import { correlatedFaults } from '../faults.ts';
import { workloads } from '../workload/list.ts';
import { readTrace, traceWorkload } from '../workload/trace.ts';
import { unevenSizes, type ServicesSimulation } from './options.ts';
import { simulateServices } from './simulate.ts';

const times = { report: 1, detect: 5, grant: 2, drain: 10 };

function options(policy: SharingPolicyName, seed: string, together = 0): ServicesSimulation {
  const random = seededRandom(seed);
  const sizes = unevenSizes(200, 20, random.fork('sizes'));
  const duration = 4 * 3600;
  const load = { subjects: 20, mean: 0.6, spread: 0.4, step: 300, random: random.fork('load') };
  const faults = { hosts: 200, together, incidents: 2, duration, repair: 1800 };
  return {
    ...{ sizes, policy, rules: usualRules, times, duration, points: 20 },
    workload: workloads.bursts(load),
    incidents: correlatedFaults({ ...faults, random: random.fork('faults') }),
    random: random.fork('policy'),
  };
}

const run = (...args: Parameters<typeof options>) => simulateServices(options(...args));
const names = Object.keys(sharingPolicies) as SharingPolicyName[];

/** Two services of ten hosts, whose loads a trace gives. */
function traced(
  text: string,
  policy: SharingPolicyName,
  changes: Partial<ServicesSimulation> = {},
) {
  const workload = traceWorkload(readTrace(`time,guest,load\n${text}`, 'trace'));
  const some = options(policy, '1');
  return simulateServices({
    ...{ ...some, sizes: [10, 10], workload, incidents: [], duration: 100, points: 10 },
    ...changes,
  });
}

describe('simulateServices', () => {
  it.each(names)('gives the same for the same seed: %s', (policy) => {
    const outcome = run(policy, '1', 30);
    expect(run(policy, '1', 30)).toEqual(outcome);
    expect(run(policy, '2', 30)).not.toEqual(outcome);
  });

  it('shows all policies the same world', () => {
    const worlds = names.map((policy) =>
      run(policy, '1', 30).history.map(({ time, demand, capacity }) => [time, demand, capacity]),
    );
    for (const world of worlds) expect(world).toEqual(worlds[0]);
  });

  it('relieves overloads by sharing: less is unmet, and for less time', () => {
    const alone = run('none', '1');
    const shared = run('ma2scf-reconstructed', '1');
    expect(alone.grants).toBe(0);
    expect(shared.grants).toBeGreaterThan(0);
    expect(shared.unmet).toBeLessThan(alone.unmet / 3);
    expect(shared.relief).toBeLessThan((alone.relief ?? 0) / 3);
  });

  it('relieves a lone overload after report and grant, and measures exactly that', () => {
    // 10 hosts serve 12 for 60 s: 2 are unmet, until the grant of 4 above the threshold arrives.
    const text = '0,a,0.2\n0,b,0.2\n20,a,1.2\n80,a,0.2\n';
    const shared = traced(text, 'best-fit');
    expect(shared).toMatchObject({ overloads: 1, grants: 1, donors: 1 });
    expect(shared.relief).toBeCloseTo(times.report + times.grant);
    const asked = 100 * 2 + 40 * 2 + 60 * 12;
    expect(shared.unmet).toBeCloseTo((2 * 3) / asked);
    const alone = traced(text, 'none');
    expect(alone).toMatchObject({ overloads: 1, grants: 0, donors: undefined });
    expect(alone.relief).toBeCloseTo(60);
    expect(alone.unmet).toBeCloseTo((2 * 60) / asked);
    expect(alone.overloaded).toBeCloseTo(60 / 200);
  });

  it('holds capacity of a donor back until connections have ended', () => {
    // b lends 4 from 21 s on; at 41 s it needs all 8 and takes 4 back, which drain until 51 s.
    const text = '0,a,0.2\n0,b,0.4\n20,a,1.2\n40,b,0.8\n';
    const moments = traced(text, 'best-fit', { points: 100 }).history;
    const at = (time: number) => moments.find((moment) => moment.time === time);
    expect(at(39)).toMatchObject({ unmet: 0 });
    expect(at(39)?.lent).toBeCloseTo(4);
    expect(at(45)?.lent).toBeCloseTo(4);
    expect(at(45)?.unmet).toBeCloseTo(2 + 2);
    expect(at(60)?.lent).toBe(0);
    expect(at(60)?.unmet).toBeCloseTo(2);
  });

  it('serves users of failed hosts by others once the fault is known', () => {
    const incidents = [{ at: 10, hosts: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], repair: 50 }];
    const outcome = traced('0,a,0.4\n0,b,0.4\n', 'best-fit', { incidents, points: 100 });
    const unmet = (time: number) => outcome.history.find((one) => one.time === time)?.unmet;
    const moments = [9, 12, 17, 20, 70].map(unmet);
    expect(moments).toEqual([0, 4, 4, 0, 0].map((one): unknown => expect.closeTo(one)));
  });

  it('counts every second of demand once, and no more unmet than was asked', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string(), fc.nat(100), (policy, seed, together) => {
        const { unmet, overloaded, history } = run(policy, seed, together);
        expect(unmet).toBeGreaterThanOrEqual(0);
        expect(unmet).toBeLessThanOrEqual(1);
        expect(overloaded).toBeLessThanOrEqual(1);
        for (const moment of history) {
          expect(moment.unmet).toBeLessThanOrEqual(moment.demand + 1e-6);
          expect(moment.lent).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('unevenSizes', () => {
  it('gives every host to one service, and every service at least one', () => {
    const input = fc
      .integer({ min: 1, max: 60 })
      .chain((services) =>
        fc.tuple(fc.integer({ min: services, max: 500 }), fc.constant(services)),
      );
    fc.assert(
      fc.property(input, fc.string(), ([hosts, services], seed) => {
        const sizes = unevenSizes(hosts, services, seededRandom(seed));
        expect(sizes).toHaveLength(services);
        expect(Math.min(...sizes)).toBeGreaterThanOrEqual(1);
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(hosts);
      }),
    );
  });
});
