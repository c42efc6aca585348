import { expect, it } from 'vitest';
import { seededRandom } from '../../../base/stats/random.ts';
import { amounts } from '../../cluster/model/index.ts';
import { placementPolicy } from '../../cluster/placement/index.ts';
import { wholly } from '../in-steps.ts';
import { roomInSteps, type RoomSimulation } from './fill.ts';

/** Ten hosts for four guests each, by memory. */
function room(changes: Partial<RoomSimulation> = {}) {
  const capacity = amounts({ cpu: 16, memory: 40 });
  return wholly(
    roomInSteps({
      hosts: Array.from({ length: 10 }, (_, index) => ({ name: `h${index}`, capacity })),
      ...{ rules: {}, guests: 20, placement: placementPolicy('worst-fit') },
      shapes: [{ demand: amounts({ cpu: 2, memory: 10 }), weight: 1, priority: 0 }],
      random: seededRandom('1'),
      draws: seededRandom('2'),
      ...changes,
    }),
  );
}

it('says how many more fit, what runs out first, and how many hosts may fail', () => {
  const outcome = room();
  expect(outcome).toMatchObject({ refused: 0, fit: 20, binding: 'memory', survivable: 5 });
  expect(Object.fromEntries(outcome.taken)).toMatchObject({ memory: 1, cpu: 0.5 });
  expect(Object.fromEntries(outcome.obstacles)).toEqual({ memory: 10 });
});

it('keeps room for the loss of a host where it shall', () => {
  const outcome = room({ rules: { nPlusOne: ['memory'] } });
  expect(outcome.fit).toBeLessThan(20);
  expect(outcome.survivable).toBe(5);
});

it('counts those for which there is no room from the beginning', () => {
  expect(room({ guests: 45 })).toMatchObject({ refused: 5, fit: 0, survivable: 0 });
});
