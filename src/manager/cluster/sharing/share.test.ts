import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../base/stats/random.ts';
import {
  donorsOf,
  planSharing,
  sharingPolicies,
  usualRules,
  type SharingPlan,
  type SharingPolicyName,
  type SharingService,
  type SharingState,
} from './index.ts';

const names = Object.keys(sharingPolicies) as SharingPolicyName[];
const { threshold, hysteresis } = usualRules;

function plan(state: SharingState, name: SharingPolicyName, seed = '1'): SharingPlan {
  const policy = sharingPolicies[name];
  return planSharing(state, { policy, rules: usualRules, random: seededRandom(seed) });
}

const amount = fc.oneof(
  fc.integer({ min: 0, max: 200 }),
  fc.double({ min: 0, max: 200, noNaN: true }),
);

const services = fc
  .array(fc.record({ capacity: amount, demand: amount, up: fc.boolean() }), { maxLength: 8 })
  .map((all) => all.map((one, index) => ({ id: `s${index}`, ...one })));

/** A state that decisions have led to, whose services have changed since. */
const states = fc
  .tuple(services, services, fc.constantFrom(...names), fc.string())
  .map(([before, now, name, seed]): SharingState => {
    const { after } = plan({ services: before, grants: [] }, name, seed);
    return { services: now, grants: after };
  });

const anyPolicy = fc.constantFrom(...names);

function sum(all: readonly { amount: number }[]): number {
  return all.reduce((total, one) => total + one.amount, 0);
}

const lentBy = ({ after }: SharingPlan, id: string) => sum(after.filter(({ from }) => from === id));
const borrowedBy = ({ after }: SharingPlan, id: string) => sum(after.filter(({ to }) => to === id));
const limitOf = ({ up, capacity }: SharingService) => (up ? threshold * capacity : 0);

/** Of which a subtraction of amounts leaves more than one of them can do. */
const rounded: SharingService[] = [
  { id: 's1', capacity: 0, demand: 1, up: false },
  { id: 's2', capacity: 2.775557561562892e-16, demand: 0, up: true },
];

describe('planSharing', () => {
  it('lets no donor lend that is down or overloaded', () => {
    fc.assert(
      fc.property(states, anyPolicy, (state, name) => {
        const decided = plan(state, name);
        for (const service of state.services) {
          const lent = lentBy(decided, service.id);
          if (lent === 0) continue;
          expect(service.up).toBe(true);
          expect(service.demand + lent).toBeLessThanOrEqual(limitOf(service) * (1 + 1e-6) + 1e-6);
        }
      }),
    );
  });

  it('grants no more than each donor can spare', () => {
    fc.assert(
      fc.property(states, anyPolicy, (state, name) => {
        const decided = plan(state, name);
        const kept = decided.after.slice(0, decided.after.length - decided.grants.length);
        const spare = new Map(
          donorsOf({ ...state, grants: kept }, usualRules).map((donor) => [donor.id, donor.spare]),
        );
        for (const { from } of decided.grants) {
          const given = sum(decided.grants.filter((grant) => grant.from === from));
          expect(given).toBeLessThanOrEqual((spare.get(from) ?? 0) + 1e-6);
        }
      }),
    );
  });

  it('accounts for all that is lacked: grants + unmet = deficit', () => {
    fc.assert(
      fc.property(states, anyPolicy, (state, name) => {
        const decided = plan(state, name);
        for (const { service, amount: lack } of decided.deficits) {
          const granted = sum(decided.grants.filter(({ to }) => to === service));
          const unmet = sum(decided.unmet.filter((one) => one.service === service));
          expect(granted + unmet).toBeCloseTo(lack, 6);
        }
        const lacking = new Set(decided.deficits.map(({ service }) => service));
        expect(decided.grants.every(({ to }) => lacking.has(to))).toBe(true);
      }),
    );
  });

  it('leaves nothing unmet while somebody can spare something', () => {
    fc.assert(
      fc.property(states, anyPolicy, (state, name) => {
        fc.pre(name !== 'none');
        const { unmet, after } = plan(state, name);
        if (unmet.length === 0) return;
        expect(donorsOf({ ...state, grants: after }, usualRules)).toEqual([]);
      }),
    );
  });

  it('tells a lack exactly where a service gets less than it is asked for', () => {
    fc.assert(
      fc.property(states, anyPolicy, (state, name) => {
        const decided = plan(state, name);
        for (const service of state.services) {
          const has = limitOf(service) + borrowedBy(decided, service.id);
          const unmet = sum(decided.unmet.filter((one) => one.service === service.id));
          expect(unmet).toBeCloseTo(Math.max(0, service.demand - has), 6);
        }
      }),
    );
  });

  it('lets nobody lend and borrow at once', () => {
    fc.assert(
      fc.property(states, anyPolicy, (state, name) => {
        const decided = plan(state, name);
        const lenders = new Set(decided.after.map(({ from }) => from));
        expect(decided.after.filter(({ to }) => lenders.has(to))).toEqual([]);
      }),
    );
  });

  it('decides the same for the same state and seed, whatever the order of services', () => {
    fc.assert(
      fc.property(states, anyPolicy, fc.string(), (state, name, seed) => {
        const decided = plan(state, name, seed);
        expect(plan(state, name, seed)).toEqual(decided);
        if (name === 'random') return;
        expect(plan({ ...state, services: state.services.toReversed() }, name)).toEqual(decided);
      }),
    );
  });

  it('does not flap: a load that does not change is left as it is', () => {
    fc.assert(
      fc.property(states, anyPolicy, fc.string(), (state, name, seed) => {
        const { after } = plan(state, name);
        const again = plan({ ...state, grants: after }, name, seed);
        expect(again).toMatchObject({ releases: [], grants: [], after });
      }),
      {
        examples: [
          [{ services: rounded, grants: [{ from: 's2', to: 's1', amount: 2.4 }] }, 'none', ''],
        ],
      },
    );
  });

  it('does not flap: a demand that swings inside of the band is lent to once', () => {
    fc.assert(
      fc.property(
        anyPolicy,
        fc.array(fc.double({ min: 0.81, max: 0.89, noNaN: true })),
        (name, all) => {
          fc.pre(name !== 'none');
          let grants = plan({ services: swinging(0.895), grants: [] }, name).after;
          for (const share of all) {
            const decided = plan({ services: swinging(share), grants }, name);
            expect(decided).toMatchObject({ releases: [], grants: [] });
            grants = [...decided.after];
          }
        },
      ),
    );
    function swinging(share: number): SharingService[] {
      const idle = { capacity: 100, demand: 20, up: true };
      return [
        { id: 'a', capacity: 100, demand: 100 * share, up: true },
        { id: 'b', ...idle },
        { id: 'c', ...idle },
      ];
    }
  });

  it('gives all back once demand has fallen below the band, and not before', () => {
    const donor = { id: 'b', capacity: 100, demand: 10, up: true };
    const grants = [{ from: 'b', to: 'a', amount: 10 }];
    const at = (demand: number) =>
      plan({ services: [{ id: 'a', capacity: 100, demand, up: true }, donor], grants }, 'best-fit');
    expect(at(100 * (threshold - hysteresis) - 1).after).toEqual([]);
    expect(at(100 * (threshold - hysteresis) + 10).releases).toEqual([]);
    expect(at(100 * (threshold - hysteresis) + 4)).toMatchObject({
      releases: [{ why: 'relieved', amount: expect.closeTo(6) as number }],
      after: [{ amount: expect.closeTo(4) as number }],
    });
  });

  it('takes from a donor what it needs itself, the youngest grant first, and asks others for it', () => {
    const decided = plan(
      {
        services: [
          { id: 'a', capacity: 10, demand: 30, up: true },
          { id: 'b', capacity: 10, demand: 20, up: true },
          { id: 'donor', capacity: 100, demand: 50, up: true },
          { id: 'other', capacity: 100, demand: 70, up: true },
        ],
        grants: [
          { from: 'donor', to: 'a', amount: 22 },
          { from: 'donor', to: 'b', amount: 12 },
        ],
      },
      'ma2scf-reconstructed',
    );
    expect(decided.releases).toEqual([
      { from: 'donor', to: 'b', amount: expect.closeTo(4) as number, why: 'donor-needs-it' },
    ]);
    expect(decided.grants).toEqual([
      { from: 'other', to: 'b', amount: expect.closeTo(4) as number },
    ]);
  });

  it('serves a service that is down by others, and takes back what it had lent', () => {
    const decided = plan(
      {
        services: [
          { id: 'down', capacity: 100, demand: 40, up: false },
          { id: 'a', capacity: 100, demand: 85, up: true },
          { id: 'b', capacity: 100, demand: 10, up: true },
        ],
        grants: [{ from: 'down', to: 'a', amount: 5 }],
      },
      'ma2scf-reconstructed',
    );
    expect(decided.releases).toMatchObject([{ from: 'down', why: 'donor-down' }]);
    expect(decided.grants).toMatchObject([
      { from: 'b', to: 'down', amount: 40 },
      { from: 'b', to: 'a', amount: 5 },
    ]);
  });

  it('forgets grants of services that are no more', () => {
    const state = {
      services: [{ id: 'a', capacity: 10, demand: 1, up: true }],
      grants: [{ from: 'gone', to: 'a', amount: 1 }],
    };
    expect(plan(state, 'none')).toMatchObject({
      releases: [{ why: 'unknown-service' }],
      after: [],
    });
  });

  it('names each figure that is none', () => {
    const services = [
      { id: 'a', capacity: -1, demand: NaN, up: true },
      { id: 'a', capacity: 1, demand: Infinity, up: true },
    ];
    expect(() => plan({ services, grants: [{ from: 'a', to: 'b', amount: 0 }] }, 'none')).toThrow(
      [
        'service a: capacity: expected a number from 0 on, got -1',
        'service a: demand: expected a number from 0 on, got NaN',
        'service a: demand: expected a number from 0 on, got Infinity',
        'service a: expected each service once, got this one twice',
        'grant of a to b: amount: expected a number above 0, got 0',
      ].join('\n'),
    );
    const request = { policy: sharingPolicies.none, random: seededRandom('1') };
    const rules = { threshold: 1.5, hysteresis: -1 };
    expect(() => planSharing({ services: [], grants: [] }, { ...request, rules })).toThrow(
      /threshold: expected a share above 0, at most 1, got 1\.5\nhysteresis: expected/,
    );
  });
});
