import fc from 'fast-check';
import { expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { hostGroups } from './host-groups.ts';

/** Hosts of these names; those in capitals run Xen. */
function named(letters: string) {
  return letters
    .split('')
    .map((name) => ({ name, ...(/[A-Z]/.test(name) && { hypervisors: ['xen'] }) }));
}

const names = (groups: { name: string }[][]) =>
  groups.map((group) => group.map(({ name }) => name).join(''));

it.each([
  [1, 1, 1, ['a']],
  [3, 1, 1, ['a']],
  [3, 1, 2, ['a', 'b']],
  [2, 2, 1, ['ab']],
  [3, 2, 1, ['abc']],
  [3, 2, 4, ['abc']],
  [4, 2, 1, ['abc']],
  [4, 2, 2, ['ab', 'cd']],
  [5, 2, 2, ['abe', 'cd']],
  [6, 2, 2, ['abe', 'cdf']],
  [3, 2, 1, ['ab'], false],
])('of %i hosts, %i a trial, %i at once', (count, needed, parallel, groups, watched?: boolean) => {
  const hosts = named('abcdef'.slice(0, count));
  expect(names(hostGroups(hosts, { needed, parallel, watched }))).toEqual(groups);
});

it('no host is in two groups, and every group can bear a trial', () => {
  fc.assert(
    fc.property(
      fc.nat(20),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 9 }),
      (more, needed, parallel) => {
        const hosts = Array.from({ length: needed + more }, () => ({}));
        const groups = hostGroups(hosts, { needed, parallel });
        expect(new Set(groups.flat()).size).toBe(groups.flat().length);
        expect(groups.length).toBeLessThanOrEqual(parallel);
        for (const group of groups) {
          expect(group.length).toBeGreaterThanOrEqual(needed);
          expect(group.length).toBeLessThanOrEqual(needed === 1 ? 1 : needed + 1);
        }
      },
    ),
  );
});

it.each([
  ['aB', 1, 1, ['qemu', 'xen'], ['a', 'B']],
  ['aB', 1, 1, ['xen'], ['B']],
  ['aB', 1, 1, ['qemu'], ['a']],
  ['aBCd', 2, 1, ['qemu', 'xen'], ['ad', 'BC']],
  ['abCdEF', 1, 2, ['xen', 'qemu'], ['a', 'b', 'C', 'E']],
])(
  'of hosts %s, %i a trial, %i at once, with %j',
  (letters, needed, parallel, hypervisors, groups) => {
    const watched = false;
    const made = hostGroups(named(letters), { needed, parallel, hypervisors, watched });
    expect(names(made)).toEqual(groups);
  },
);

it('too few hosts are refused', () => {
  const two = { needed: 2, parallel: 1 };
  expect(() => hostGroups(named('a'), two)).toThrow(UserError);
  expect(() => hostGroups(named('a'), two)).toThrow(/at least 2 on which qemu .* has 1/);
  expect(() => hostGroups(named('aaaB'), { ...two, hypervisors: ['qemu', 'xen'] })).toThrow(
    /at least 2 on which xen .* has 1/,
  );
});
