import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clusterArbitrary, filled, violations } from '../cluster.example.ts';
import { Cluster, snapshot } from '../model/index.ts';
import { placementPolicies, Placer } from '../placement/index.ts';
import { evacuate } from './index.ts';

const policyArbitrary = fc.constantFrom(...placementPolicies);

it('leaves nothing on the host but what it tells of, and keeps every constraint', () => {
  fc.assert(
    fc.property(clusterArbitrary, policyArbitrary, fc.nat(6), (description, policy, which) => {
      const cluster = filled(description);
      const host = which % cluster.hosts.length;
      const { left } = evacuate(cluster, host, new Placer(cluster, { policy }));
      const told = new Set(left.map(({ guest }) => guest));
      for (const guest of cluster.guestsOn(host)) expect(told).toContain(guest);
      for (const guest of cluster.guestsBackedBy(host)) expect(told).toContain(guest);
      expect(violations(cluster)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

it('keeps every constraint after each of its moves, in their order', () => {
  fc.assert(
    fc.property(clusterArbitrary, policyArbitrary, fc.nat(6), (description, policy, which) => {
      const cluster = filled(description);
      const replay = new Cluster(snapshot(cluster));
      const host = which % cluster.hosts.length;
      const { moves } = evacuate(cluster, host, new Placer(cluster, { policy }));
      for (const [index, { guest, from, to }] of moves.entries()) {
        expect(replay.placeOf(guest)).toEqual(from);
        expect(replay.hosts[to.host]?.group).toBe(replay.hosts[from.host]?.group);
        replay.move(guest, to);
        // Guests that belong together go together.
        const next = moves[index + 1]?.guest;
        const name = next === undefined ? undefined : replay.guests.describe(next).with;
        if (name === undefined) expect(violations(replay)).toEqual([]);
      }
      expect(snapshot(replay).guests).toEqual(snapshot(cluster).guests);
    }),
    { numRuns: 200 },
  );
});

it('empties a host when the others have room', () => {
  fc.assert(
    fc.property(clusterArbitrary, policyArbitrary, (description, policy) => {
      const [first] = description.hosts;
      if (first === undefined) return;
      const cluster = filled({ ...description, hosts: [first] });
      const twin = { ...first, name: 'twin', health: 'up' as const };
      const other = { ...twin, name: 'other' };
      const wide = new Cluster({ ...snapshot(cluster), hosts: [first, twin, other] });
      expect(evacuate(wide, 0, new Placer(wide, { policy })).left).toEqual([]);
      expect(wide.guestsOn(0)).toEqual([]);
    }),
  );
});
