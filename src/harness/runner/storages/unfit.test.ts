import { expect, it } from 'vitest';
import { unfit } from './unfit.ts';

const MiB = 2 ** 20;
const good = {
  ...{ filesystem: 'xfs', device: '1', free: 1000, directIo: true, reflink: true },
  ...{ facts: {}, warnings: [] },
};
const copy = { provisioning: 'copy', cache: 'none' } as const;
const room = (total: number, file = total) => ({ total, file });

it('finds nothing where everything is there', () => {
  expect(unfit(good, [copy, { ...copy, provisioning: 'reflink' }], room(1000))).toEqual([]);
});

it('says how much space is missing', () => {
  const [problem] = unfit({ ...good, free: MiB }, [copy], room(3 * MiB));
  expect(problem?.message).toBe('expected at least 3.0 MiB free, found 1.0 MiB');
});

it('wants reflink only for arms that use it', () => {
  const bare = { ...good, filesystem: 'ext4', reflink: false };
  expect(unfit(bare, [copy], room(0))).toEqual([]);
  expect(unfit(bare, [copy, { ...copy, provisioning: 'reflink' }], room(0))).toMatchObject([
    { message: expect.stringContaining('ext4') as string },
  ]);
});

it.each(['none', 'directsync'] as const)('wants O_DIRECT for cache %s', (cache) => {
  const tmpfs = { ...good, filesystem: 'tmpfs', directIo: false };
  expect(unfit(tmpfs, [{ ...copy, cache: 'writeback' }], room(0))).toEqual([]);
  expect(unfit(tmpfs, [{ ...copy, cache }], room(0))).toMatchObject([
    { message: expect.stringContaining(`cache: ${cache}`) as string },
  ]);
});

it('wants room for the share of the largest file on each target, however much the others have', () => {
  const half = {
    ...{ ...good, free: 10_000 * MiB, stripes: 1 },
    targets: [
      { name: 'lustre-OST0000', free: 9_988 * MiB },
      { name: 'lustre-OST0001', free: 12 * MiB },
    ],
  };
  expect(unfit(half, [copy], room(2048 * MiB, 1024 * MiB))).toMatchObject([
    {
      message:
        'expected at least 1.0 GiB free on each target that the layout uses, lustre-OST0001 has 12 MiB',
    },
  ]);
  const large = { ...half, stripes: 2 };
  expect(unfit(large, [copy], room(100 * MiB, 24 * MiB))).toEqual([]);
  expect(unfit(large, [copy], room(100 * MiB, 26 * MiB))).toHaveLength(1);
});
