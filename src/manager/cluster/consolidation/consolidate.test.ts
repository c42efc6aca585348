import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clusterArbitrary, filled, violations } from '../cluster.example.ts';
import { amounts, Cluster, resources, snapshot, width } from '../model/index.ts';
import { consolidate } from './index.ts';

it('frees hosts wholly, keeps every constraint and loses no guest', () => {
  fc.assert(
    fc.property(clusterArbitrary, (description) => {
      const cluster = filled(description);
      const before = [...cluster.guests.all()].filter((guest) => cluster.placeOf(guest));
      const { freed, moves } = consolidate(cluster);
      for (const host of freed) {
        expect(cluster.guestsOn(host)).toEqual([]);
        expect(cluster.guestsBackedBy(host).size).toBe(0);
      }
      expect([...cluster.guests.all()].filter((guest) => cluster.placeOf(guest))).toEqual(before);
      expect(violations(cluster)).toEqual([]);
      expect(moves.length === 0).toBe(freed.length === 0);
    }),
    { numRuns: 300 },
  );
});

it('fills no host above the limit that was not above it before', () => {
  fc.assert(
    fc.property(clusterArbitrary, (description) => {
      const cluster = filled(description);
      const shares = () =>
        cluster.hosts.map((_, host) =>
          Math.max(
            ...resources.map((_name, at) => {
              const limit = cluster.limit[host * width + at] ?? 0;
              return limit > 0 ? (cluster.used[host * width + at] ?? 0) / limit : 0;
            }),
          ),
        );
      const before = shares();
      consolidate(cluster, { fill: 0.6 });
      for (const [host, share] of shares().entries()) {
        if (share > 0.6) expect(share).toBeLessThanOrEqual(before[host] ?? 0);
      }
    }),
  );
});

it('puts what fits on one host there', () => {
  const hosts = ['a', 'b', 'c'].map((name) => ({ name, capacity: amounts({ cpu: 4, memory: 8 }) }));
  const guests = ['a', 'b', 'c'].map((host) => ({
    name: `on-${host}`,
    demand: amounts({ cpu: 1, memory: 2 }),
    place: { host },
  }));
  const cluster = new Cluster({ hosts, guests });
  const { freed, moves } = consolidate(cluster);
  expect(freed).toHaveLength(2);
  expect(moves).toHaveLength(2 + (moves.length - 2));
  expect(snapshot(cluster).guests.map(({ place }) => place?.host)).toEqual(['c', 'c', 'c']);
  expect(consolidate(new Cluster({ hosts, guests }), { limit: 0 }).freed).toEqual([]);
});
