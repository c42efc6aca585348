import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../base/stats/random.ts';
import { clusterArbitrary, violations } from '../cluster.example.ts';
import { amounts, Cluster, type ClusterDescription, type GuestIndex } from '../model/index.ts';
import { placeByScan, Placer, placementPolicies, placementPolicy } from './index.ts';

const policyArbitrary = fc.constantFrom(...placementPolicies);

/** What happens to a cluster between placements. */
const stepsArbitrary = fc.array(
  fc.record({
    step: fc.constantFrom('place', 'place', 'place', 'place', 'remove', 'load', 'health' as const),
    which: fc.nat(23),
  }),
  { maxLength: 60 },
);

function change(cluster: Cluster, step: string, which: number, asked: GuestIndex[]) {
  const guest = asked[which % Math.max(1, asked.length)];
  if (step === 'remove' && guest !== undefined) cluster.unplace(guest);
  if (step === 'load' && guest !== undefined) cluster.setLoad(guest, { cpu: which / 4 });
  const host = which % cluster.hosts.length;
  // None that has guests is taken down here: that is failover's part.
  if (
    step === 'health' &&
    cluster.guestsOn(host).length + cluster.guestsBackedBy(host).size === 0
  ) {
    cluster.setHealth(host, which % 3 === 0 ? 'down' : 'up');
  }
}

function placeAll(description: ClusterDescription, policy: string): Cluster {
  const cluster = new Cluster(description);
  const placer = new Placer(cluster, { policy: placementPolicy(policy) });
  for (const guest of cluster.guests.all()) placer.place(guest);
  return cluster;
}

describe('placement', () => {
  it('keeps every constraint: memory never overcommitted, groups apart, any host may fail', () => {
    fc.assert(
      fc.property(clusterArbitrary, policyArbitrary, (description, { name }) => {
        expect(violations(placeAll(description, name))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same answer as the full scan, whatever happened before', () => {
    const costs = fc.constantFrom(...placementPolicies.filter((policy) => policy.by === 'cost'));
    fc.assert(
      fc.property(clusterArbitrary, stepsArbitrary, costs, (description, steps, policy) => {
        const cluster = new Cluster(description);
        const placer = new Placer(cluster, { policy });
        const guests = [...cluster.guests.all()];
        for (const { step, which } of steps) {
          const guest = guests[which];
          change(cluster, step, which, guests);
          if (step !== 'place' || guest === undefined || cluster.placeOf(guest)) continue;
          expect(placer.decide(guest)).toEqual(placeByScan(cluster, guest, policy));
          placer.place(guest);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('refuses only what has no place: no host could have taken it', () => {
    fc.assert(
      fc.property(clusterArbitrary, policyArbitrary, (description, { name }) => {
        const cluster = placeAll(description, name);
        for (const guest of cluster.guests.all()) {
          if (cluster.placeOf(guest) !== undefined) continue;
          const before = violations(cluster);
          for (let host = 0; host < cluster.hosts.length; host++) {
            for (let backup = -1; backup < cluster.hosts.length; backup++) {
              const downs = [host, backup].some((at) => at >= 0 && cluster.health[at] !== 'up');
              if (downs || host === backup) continue;
              cluster.place(guest, { host, backup });
              const after = violations(cluster);
              cluster.unplace(guest);
              expect(after.length).toBeGreaterThan(before.length);
            }
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('puts nothing on a host that is not up', () => {
    fc.assert(
      fc.property(clusterArbitrary, policyArbitrary, (description, { name }) => {
        const cluster = placeAll(description, name);
        for (const [host, health] of cluster.health.entries()) {
          if (health === 'up') continue;
          expect(cluster.guestsOn(host)).toEqual([]);
          expect(cluster.guestsBackedBy(host).size).toBe(0);
        }
      }),
    );
  });

  it('says the same again for the same cluster and seed', () => {
    fc.assert(
      fc.property(clusterArbitrary, policyArbitrary, (description, { name }) => {
        const places = () => {
          const cluster = placeAll(description, name);
          return [...cluster.guests.all()].map((guest) => cluster.placeOf(guest));
        };
        expect(places()).toEqual(places());
      }),
    );
  });
});

describe('each policy', () => {
  const capacity = amounts({ cpu: 8, memory: 16 });
  const one = (name: string) => ({ name, demand: amounts({ cpu: 1, memory: 2 }) });
  /** Hosts with 0, 3 and 1 guests. */
  const cluster = (): ClusterDescription => ({
    hosts: ['a', 'b', 'c'].map((name) => ({ name, capacity })),
    guests: [
      ...['b1', 'b2', 'b3'].map((name) => ({ ...one(name), place: { host: 'b' } })),
      { ...one('c1'), place: { host: 'c' } },
    ],
  });
  const choices = (policy: string, description = cluster(), count = 1) => {
    const state = new Cluster(description);
    const placer = new Placer(state, {
      policy: placementPolicy(policy),
      random: seededRandom('each policy'),
    });
    return Array.from({ length: count }, (_, index) => {
      const answer = placer.place(state.add(one(`new${index}`)));
      return answer.state === 'placed' ? state.hostName(answer.place.host) : answer.refusal.binding;
    });
  };

  it.each([
    ['smps-reconstructed', 'a'],
    ['smps-linear', 'a'],
    ['best-fit', 'b'],
    ['worst-fit', 'a'],
    ['least-loaded', 'a'],
    ['dot-product', 'a'],
  ])('%s chooses %s', (policy, host) => {
    expect(choices(policy)).toEqual([host]);
  });

  it('least-loaded goes by the busiest resource, and by loads, not demands', () => {
    const loaded = (name: string, load: object) => ({ ...one(name), load, place: { host: name } });
    const guests = [
      loaded('a', { cpu: 4, memory: 0 }),
      loaded('b', { cpu: 3, memory: 3 }),
      loaded('c', { cpu: 0, memory: 16 }),
    ];
    expect(choices('least-loaded', { ...cluster(), guests })).toEqual(['b']);
  });

  it('round-robin goes around', () => {
    expect(choices('round-robin', cluster(), 5)).toEqual(['a', 'b', 'c', 'a', 'b']);
  });

  it('random goes everywhere alike', () => {
    const wide = {
      ...cluster(),
      hosts: cluster().hosts.map((host) => ({
        ...host,
        capacity: amounts({ cpu: 2000, memory: 4000 }),
      })),
    };
    const chosen = choices('random', wide, 900);
    for (const host of ['a', 'b', 'c']) {
      expect(chosen.filter((name) => name === host).length).toBeGreaterThan(240);
    }
  });

  it('smps-reconstructed is the formula', () => {
    const state = new Cluster(cluster());
    const guest = state.add(one('new'));
    const policy = placementPolicy('smps-reconstructed');
    const answer = placeByScan(state, guest, policy as typeof policy & { by: 'cost' });
    // n = 3 hosts, u = 0 of both, d/C = 1/8 of both: 2 (3^(1/8) − 1) / 2.
    expect(answer).toMatchObject({
      state: 'placed',
      cost: expect.closeTo(3 ** 0.125 - 1, 12) as number,
    });
  });

  it('smps-linear and smps-reconstructed weigh the transaction', () => {
    for (const policy of ['smps-linear', 'smps-reconstructed']) {
      const hosts = cluster().hosts.map((host) =>
        host.name === 'a' ? { ...host, transaction: 1e3 } : host,
      );
      expect(choices(policy, { ...cluster(), hosts })).toEqual(['c']);
    }
  });

  it('names the constraint that binds', () => {
    const refused = (description: Partial<ClusterDescription['guests'][number]>, rules = {}) => {
      const state = new Cluster({ ...cluster(), rules });
      const guest = state.add({ ...one('new'), ...description });
      const answer = new Placer(state, { policy: placementPolicy('best-fit') }).decide(guest);
      return answer.state === 'refused' ? answer.refusal.binding : 'placed';
    };
    expect(refused({})).toBe('placed');
    expect(refused({ demand: amounts({ cpu: 9 }) })).toBe('cpu');
    expect(refused({ demand: amounts({ cpu: 9, memory: 1e9 }) })).toBe('memory');
    expect(refused({ storages: ['lustre'] })).toBe('storage');
    expect(refused({ accelerator: 'xen-pv' })).toBe('accelerator');
    expect(refused({ cpuModel: 'future' })).toBe('CPU model');
    expect(refused({ with: 'b1' })).toBe('placed');
    expect(refused({ demand: amounts({ memory: 15 }) }, { nPlusOne: ['memory'] })).toBe('N+1');
    expect(refused({ demand: amounts({ cpu: 6 }), with: 'b1' })).toBe('cpu');
  });
});
