import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clusterArbitrary, filled, violations } from '../cluster.example.ts';
import { amounts, Cluster, snapshot } from '../model/index.ts';
import { placementPolicies, placementPolicy, Placer } from '../placement/index.ts';
import { howManyMore } from './index.ts';

const policy = placementPolicy('best-fit');

it('leaves the cluster as it was, and so many really fit', () => {
  fc.assert(
    fc.property(clusterArbitrary, fc.constantFrom(...placementPolicies), (description, policy) => {
      const cluster = filled(description);
      const before = [snapshot(cluster), [...cluster.used], [...cluster.reserves.kept]];
      const guest = { demand: amounts({ cpu: 1, memory: 2 ** 30 }), antiAffinity: ['red'] };
      const { count, refusal } = howManyMore(cluster, guest, { policy });
      expect([snapshot(cluster), [...cluster.used], [...cluster.reserves.kept]]).toEqual(before);
      expect(refusal).toBeDefined();
      const placer = new Placer(cluster, { policy });
      for (let index = 0; index < count; index++) {
        const answer = placer.place(cluster.add({ ...guest, name: `new-${index}` }));
        expect(answer.state).toBe('placed');
      }
      expect(violations(cluster)).toEqual([]);
    }),
  );
});

it('counts, and names what ends first', () => {
  const hosts = ['a', 'b'].map((name) => ({ name, capacity: amounts({ cpu: 8, memory: 100 }) }));
  const cluster = new Cluster({ hosts, guests: [] });
  const more = (demand: Parameters<typeof amounts>[0]) => {
    const { count, refusal } = howManyMore(cluster, { demand: amounts(demand) }, { policy });
    return [count, refusal?.binding];
  };
  expect(more({ cpu: 1, memory: 1 })).toEqual([16, 'cpu']);
  expect(more({ cpu: 1, memory: 25 })).toEqual([8, 'memory']);
  expect(more({ disk: 1 })).toEqual([0, 'disk']);
  expect(howManyMore(cluster, { demand: amounts({}) }, { policy, limit: 7 })).toEqual({
    count: 7,
    refusal: undefined,
  });
});
