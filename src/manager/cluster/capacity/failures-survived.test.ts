import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clusterArbitrary, filled } from '../cluster.example.ts';
import { amounts, Cluster } from '../model/index.ts';
import { placementPolicy } from '../placement/index.ts';
import { failuresSurvived } from './index.ts';

const policy = placementPolicy('worst-fit');
const of = (hosts: number, guests: number, rules = {}, mirrored = false) =>
  new Cluster({
    rules,
    hosts: Array.from({ length: hosts }, (_, index) => ({
      name: `h${index}`,
      capacity: amounts({ cpu: 4, memory: 4 }),
    })),
    guests: Array.from({ length: guests }, (_, index) => ({
      name: `g${index}`,
      demand: amounts({ cpu: 1, memory: 1 }),
      mirrored,
      place: {
        host: `h${index % hosts}`,
        ...(mirrored ? { backup: `h${(index + 1) % hosts}` } : {}),
      },
    })),
  });

it.each([
  [4, 4, 3, 'health'],
  [4, 8, 2, 'cpu'],
  [4, 16, 0, 'cpu'],
  [4, 12, 1, 'cpu'],
])('of %i hosts with %i guests, %i may fail', (hosts, guests, count, binding) => {
  const { count: found, refusal } = failuresSurvived(of(hosts, guests), policy);
  expect([found, refusal?.binding === binding || refusal?.binding]).toEqual([count, true]);
});

it('a guest that is mirrored goes with its second copy', () => {
  expect(failuresSurvived(of(4, 4, {}, true), policy).count).toBe(1);
});

it('with N+1 one host may always fail', () => {
  fc.assert(
    fc.property(clusterArbitrary, (description) => {
      const { rules } = description;
      const plain = description.guests.map(({ name, demand }) => ({
        ...{ name, demand },
        mirrored: true,
      }));
      const cluster = filled({
        ...description,
        rules: { ...rules, nPlusOne: ['cpu', 'memory'] },
        guests: plain,
      });
      const running = [...cluster.guests.all()].some((guest) => cluster.placeOf(guest));
      if (running) {
        for (const guest of [...cluster.guests.all()]) {
          if (!cluster.placeOf(guest)) cluster.remove(guest);
        }
        expect(failuresSurvived(cluster, policy).count).toBeGreaterThanOrEqual(1);
      }
    }),
    { numRuns: 200 },
  );
});
