import fc from 'fast-check';
import { expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { AddressPool } from './address-pool.ts';

it('never has one address with two guests', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.boolean()), (size, steps) => {
      const pool = new AddressPool(Array.from({ length: size }, (_, host) => `10.0.0.${host}/24`));
      const taken: string[] = [];
      for (const taking of steps) {
        if (!taking) {
          const address = taken.shift();
          if (address !== undefined) pool.free(address);
        } else if (taken.length < size) {
          taken.push(pool.take());
        } else {
          expect(() => pool.take()).toThrow(UserError);
        }
        expect(new Set(taken).size).toBe(taken.length);
      }
    }),
  );
});

it('gives the one that has lain idle longest', () => {
  const pool = new AddressPool(['a', 'b', 'c']);
  expect([pool.take(), pool.take()]).toEqual(['a', 'b']);
  pool.free('b');
  pool.free('a');
  expect([pool.take(), pool.take(), pool.take()]).toEqual(['c', 'b', 'a']);
});
