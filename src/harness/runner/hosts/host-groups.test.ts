import fc from 'fast-check';
import { expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { hostGroups } from './host-groups.ts';

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
  const hosts = 'abcdef'.slice(0, count).split('');
  const made = hostGroups(hosts, needed, parallel, watched);
  expect(made.map((group) => group.join(''))).toEqual(groups);
});

it('no host is in two groups, and every group can bear a trial', () => {
  fc.assert(
    fc.property(
      fc.nat(20),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 9 }),
      (more, needed, parallel) => {
        const hosts = Array.from({ length: needed + more }, (_, host) => host);
        const groups = hostGroups(hosts, needed, parallel);
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

it('too few hosts are refused', () => {
  expect(() => hostGroups(['a'], 2, 1)).toThrow(UserError);
  expect(() => hostGroups(['a'], 2, 1)).toThrow(/at least 2, .* has 1/);
});
