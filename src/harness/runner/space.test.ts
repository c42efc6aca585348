import { expect, it } from 'vitest';
import { spaceNeeded } from './space.ts';

const GiB = 2 ** 30;
const overhead = 32 * 2 ** 20;

it('counts a template for each format and the guests of the largest trial', () => {
  const uses = [
    { guests: 1, provisioning: 'copy' },
    { guests: 3, provisioning: 'copy' },
  ] as const;
  expect(spaceNeeded(2 * GiB, GiB, ['qcow2', 'raw'], uses)).toBe(2 * 2 * GiB + 3 * 2 * GiB);
});

it('counts what may be written in a clone', () => {
  const uses = [{ guests: 8, provisioning: 'clone' }] as const;
  expect(spaceNeeded(2 * GiB, GiB, ['qcow2'], uses)).toBe(2 * GiB + 8 * (GiB + overhead));
});

it('counts only templates without a trial', () => {
  expect(spaceNeeded(GiB, 0, ['raw'], [])).toBe(GiB);
});
