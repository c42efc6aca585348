import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fixture } from './fixture.example.ts';
import { mangled } from './mangled.example.ts';
import { parseTargets } from './targets.ts';

it.each([
  ['lfs-osts', ['lustre-OST0000', true], ['lustre-OST0001', true]],
  ['inactive-lfs-osts', ['lustre-OST0000', true], ['lustre-OST0001', false]],
  ['lfs-mdts', ['lustre-MDT0000', true]],
])('reads %s', (name, ...expected) => {
  const states = parseTargets(fixture(`2.17/${name}`), 'lustre');
  expect(states).toEqual(expected.map(([name, active], index) => ({ index, name, active })));
});

it('takes any text', () => {
  fc.assert(
    fc.property(mangled('2.17/inactive-lfs-osts', '2.17/lfs-mdts'), (text) => {
      expect(parseTargets(text, 'lustre').every(({ index }) => index >= 0)).toBe(true);
    }),
  );
});
