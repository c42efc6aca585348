import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fixture } from './fixture.example.ts';
import { mangled } from './mangled.example.ts';
import { parsePoolMembers, parsePools } from './pools.ts';

it('reads pools and their members', () => {
  expect(parsePools(fixture('2.15/pool_list'), 'testfs')).toEqual(['flash', 'disk']);
  expect(parsePoolMembers(fixture('2.15/pool_list-flash'), 'testfs')).toEqual([
    'testfs-OST0000',
    'testfs-OST000a',
  ]);
  expect(parsePools('Pools from lustre:\n', 'lustre')).toEqual([]);
});

it('takes any text', () => {
  fc.assert(
    fc.property(mangled('2.15/pool_list', '2.15/pool_list-flash'), (text) => {
      expect(parsePools(text, 'testfs').every((pool) => !/\s/.test(pool))).toBe(true);
      parsePoolMembers(text, 'testfs');
    }),
  );
});
