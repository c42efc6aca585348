import { expect, it } from 'vitest';
import { UserError } from '../../../base/errors.ts';
import { judgeLocks } from './lock-problems.ts';

const place = (kind: string) => ({
  ...{ storage: 'shared', kind, directory: '/mnt/x', holder: 'h1', other: 'h2' },
});
const unseen = { outcome: 'unseen', said: '' } as const;

it('that are proven leave nothing to say', () => {
  const judged = judgeLocks({ outcome: 'proven', said: 'lock' }, place('lustre'));
  expect(judged).toEqual({ fact: 'proven', warnings: [] });
});

it('that others do not see are refused on Lustre, where a mount option mends it', () => {
  const judge = () => judgeLocks(unseen, place('lustre'));
  expect(judge).toThrow(UserError);
  expect(judge).toThrow(/locks of h1 are seen by h2[^]*-o flock/);
});

it('that others do not see are a warning elsewhere', () => {
  const { warnings } = judgeLocks(unseen, place('moosefs'));
  expect(warnings).toEqual([
    'locks of one host are not seen by the others (h1, h2): two hosts could write one disk',
  ]);
});

it('that cannot be had are refused everywhere: no guest would start', () => {
  const said = 'Failed to lock byte 101';
  for (const kind of ['lustre', 'nfs', 'shared-directory']) {
    expect(() => judgeLocks({ outcome: 'impossible', said }, place(kind))).toThrow(said);
  }
});

it('that could not be tried are a warning that says why', () => {
  const { warnings } = judgeLocks({ outcome: 'unknown', said: 'no qemu-io' }, place('lustre'));
  expect(warnings).toMatchObject([expect.stringContaining('no qemu-io')]);
});
