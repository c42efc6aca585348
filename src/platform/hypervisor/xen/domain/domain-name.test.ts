import { expect, it } from 'vitest';
import { domainName, isOfMark } from './domain-name.ts';
import { exampleSpec } from './guest-spec.example.ts';

it('ends with the beginning of the mark', () => {
  expect(domainName(exampleSpec)).toBe('vg-1-0-01234567');
  expect(() => domainName({ ...exampleSpec, name: 'a b' })).toThrow('guest: expected a name');
});

it.each([
  ['vg-1-0-01234567', true],
  ['vg-1-0-01234567--incoming', true],
  ['vg-1-0-01234567--migratedaway', true],
  ['vg-1-0-01234568', false],
  ['01234567', false],
  ['vg-01234567-0', false],
  ['Domain-0', false],
])('tells whose %s is', (name, ours) => {
  expect(isOfMark(name, '0123456789abcdef')).toBe(ours);
});
