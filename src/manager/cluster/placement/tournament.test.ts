import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Tournament } from './tournament.ts';

const keyArbitrary = fc.constantFrom(0, 1, 1, 2, 3, -5, Infinity);

it('visits items in the order of their keys, of equals the first, and those at Infinity never', () => {
  fc.assert(
    fc.property(
      fc.array(keyArbitrary, { minLength: 1, maxLength: 40 }),
      fc.array(fc.tuple(fc.nat(39), keyArbitrary), { maxLength: 30 }),
      (keys, changes) => {
        const tournament = new Tournament(keys.length, (item) => keys[item] ?? 0);
        for (const [item, key] of changes) {
          if (item >= keys.length) continue;
          keys[item] = key;
          tournament.set(item, key);
        }
        const visited: number[] = [];
        tournament.first((item) => visited.push(item) < 0);
        const expected = [...keys.entries()]
          .filter(([, key]) => key < Infinity)
          .sort(([a, first], [b, second]) => first - second || a - b)
          .map(([item]) => item);
        expect(visited).toEqual(expected);
      },
    ),
  );
});
