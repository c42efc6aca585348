import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clusterArbitrary, filled, violations } from '../cluster.example.ts';
import { amounts, Cluster } from '../model/index.ts';
import { imbalance, rebalance } from './index.ts';

const cost = () => 1;

it('never worsens the imbalance, by no move, and keeps every constraint', () => {
  fc.assert(
    fc.property(clusterArbitrary, (description) => {
      const cluster = filled(description, 'best-fit');
      const before = imbalance(cluster);
      const { moves, after } = rebalance(cluster, { cost });
      let now = before;
      for (const move of moves) {
        expect(move.imbalance).toBeLessThan(now);
        now = move.imbalance;
      }
      expect(imbalance(cluster)).toBe(after);
      expect(after).toBe(now);
      expect(violations(cluster)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

it('leaves no single move that would lower it', () => {
  fc.assert(
    fc.property(clusterArbitrary, (description) => {
      const cluster = filled(description, 'best-fit');
      const { after } = rebalance(cluster, { cost });
      for (const guest of cluster.guests.all()) {
        const from = cluster.placeOf(guest);
        const leads = cluster.followers(guest).length > 0 || cluster.guests.describe(guest).with;
        if (from === undefined || leads) continue;
        for (let host = 0; host < cluster.hosts.length; host++) {
          if (host === from.host || host === from.backup || cluster.health[host] !== 'up') continue;
          if (cluster.hosts[host]?.group !== cluster.hosts[from.host]?.group) continue;
          cluster.move(guest, { ...from, host });
          if (violations(cluster).length === 0) {
            expect(imbalance(cluster)).toBeGreaterThan(after - 0.0011);
          }
          cluster.move(guest, from);
        }
      }
    }),
    { numRuns: 100 },
  );
});

const skewed = () =>
  new Cluster({
    hosts: ['a', 'b'].map((name) => ({ name, capacity: amounts({ cpu: 8, memory: 64 }) })),
    guests: [1, 2, 3, 4].map((size) => ({
      name: `g${size}`,
      demand: amounts({ cpu: 1, memory: size }),
      load: { cpu: 1 },
      place: { host: 'a' },
    })),
  });

it('prefers what is cheap for what it gains, and stays in its budget', () => {
  const seconds = (guest: number) => (guest === 2 ? 1 : 10);
  const { moves, cost: spent } = rebalance(skewed(), { cost: seconds, budget: 11 });
  expect(moves.map(({ guest }) => guest)[0]).toBe(2);
  expect(moves).toHaveLength(2);
  expect(spent).toBe(11);
  expect(rebalance(skewed(), { cost: seconds, limit: 1 }).moves).toHaveLength(1);
});

it('comes to an even load', () => {
  const { before, after } = rebalance(skewed(), { cost });
  expect(before).toBeGreaterThan(0.25);
  expect(after).toBeLessThan(0.05);
});

it('does not stop at a move that only swaps host and backup of a mirrored guest', () => {
  const host = (name: string, memory: number, disk: number) => ({
    ...{ name, group: 'a', capacity: amounts({ cpu: 1, memory, disk }) },
  });
  const cluster = new Cluster({
    hosts: [host('a', 1, 1), host('b', 1, 3), host('c', 2, 0)],
    guests: [
      {
        name: 'g0',
        demand: amounts({ cpu: 0.5, memory: 1 }),
        load: { cpu: 0 },
        place: { host: 'a' },
      },
      {
        name: 'g1',
        demand: amounts({ cpu: 0.5, memory: 1 }),
        load: { cpu: 0 },
        place: { host: 'b' },
      },
      {
        ...{ name: 'g2', mirrored: true, demand: amounts({ cpu: 0.5, disk: 1 }), load: { cpu: 0 } },
        place: { host: 'a', backup: 'b' },
      },
    ],
  });
  expect(rebalance(cluster, { cost }).moves).toMatchObject([{ to: { host: 2 } }]);
});
