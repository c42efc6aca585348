import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fixture } from './fixture.example.ts';
import { mangled } from './mangled.example.ts';
import { parseProject, parseQuota, quotaLeft, type Quota } from './quota.ts';

const KiB = 1024;

it('reads a user without limits, in KiB and in words', () => {
  const unlimited = { soft: 0, hard: 0, grace: undefined, inaccurate: false };
  expect(parseQuota(fixture('2.17/lfs-quota'))).toEqual({ used: 182_192 * KiB, ...unlimited });
  expect(parseQuota(fixture('2.17/lfs-quota-h'))?.used).toBe(Math.round(177.9 * KiB * KiB));
});

it('reads a user who has used up a limit, on a path that stands in a line of its own', () => {
  const quota = parseQuota(fixture('2.15/lfs-quota'));
  expect(quota).toEqual({
    ...{ used: 10_485_760 * KiB, soft: 9_437_184 * KiB, hard: 10_485_760 * KiB },
    ...{ grace: '6d23h59m58s', inaccurate: false },
  });
  expect(quota && quotaLeft(quota)).toBe(0);
});

it('marks figures that some server did not confirm', () => {
  const quota = parseQuota(fixture('2.15/lfs-quota-inaccurate'));
  expect(quota).toMatchObject({ used: 10_200_224 * KiB, hard: 20_971_520 * KiB, inaccurate: true });
});

it('lets be written above a soft limit without a hard one', () => {
  const line = (grace: string) => `    /testfs 9500000* 9437184       0 ${grace}      12 0 0 -\n`;
  const quota = parseQuota(line('6d23h59m58s'));
  expect(quota).toMatchObject({ soft: 9_437_184 * KiB, hard: 0, grace: '6d23h59m58s' });
  expect(quota && quotaLeft(quota)).toBe(Infinity);
  const over = parseQuota(line('none'));
  expect(over && quotaLeft(over)).toBe(0);
});

it.each<[string, Partial<Quota>, number]>([
  ['no limit', {}, Infinity],
  ['a hard limit', { hard: 300, soft: 200 }, 200],
  ['a soft limit alone', { soft: 250 }, 150],
  ['a soft limit alone, in its grace', { soft: 50, grace: '6d23h59m58s' }, Infinity],
  ['a hard limit, in the grace of a soft one', { hard: 300, soft: 50, grace: '1h' }, 200],
  ['a soft limit whose grace has passed', { hard: 300, soft: 50, grace: 'none' }, 0],
  ['a soft limit alone whose grace has passed', { soft: 50, grace: 'none' }, 0],
  ['a soft limit alone whose grace has expired', { soft: 50, grace: 'expired' }, 0],
  ['more than the limit', { hard: 50 }, 0],
])('leaves what %s leaves', (_, quota, left) => {
  const none = { used: 100, soft: 0, hard: 0, grace: undefined, inaccurate: false };
  expect(quotaLeft({ ...none, ...quota })).toBe(left);
});

it('finds the project of a directory', () => {
  expect(parseProject(fixture('2.17/lfs-project'))).toBeUndefined();
  expect(parseProject(' 1042 P /mnt/lustre/project x\n')).toBe(1042);
  expect(parseProject('lfs: no')).toBeUndefined();
});

it('takes any text', () => {
  fc.assert(
    fc.property(mangled('2.17/lfs-quota', '2.15/lfs-quota', '2.17/lfs-quota-h'), (text) => {
      const quota = parseQuota(text);
      if (quota !== undefined) expect(quotaLeft(quota)).toBeGreaterThanOrEqual(0);
      parseProject(text);
    }),
  );
});
