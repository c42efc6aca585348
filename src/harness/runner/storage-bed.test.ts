import { describe, expect, it } from 'vitest';
import { unfit } from './storage-bed.ts';

const good = { filesystem: 'xfs', device: '1', free: 1000, directIo: true, reflink: true };
const copy = { provisioning: 'copy', cache: 'none' } as const;

describe('unfit', () => {
  it('finds nothing where everything is there', () => {
    expect(unfit(good, [copy, { ...copy, provisioning: 'reflink' }], 1000)).toEqual([]);
  });

  it('says how much space is missing', () => {
    const [problem] = unfit({ ...good, free: 2 ** 20 }, [copy], 3 * 2 ** 20);
    expect(problem?.message).toBe('expected at least 3.0 MiB free, found 1.0 MiB');
  });

  it('wants reflink only for arms that use it', () => {
    const bare = { ...good, filesystem: 'ext4', reflink: false };
    expect(unfit(bare, [copy], 0)).toEqual([]);
    expect(unfit(bare, [copy, { ...copy, provisioning: 'reflink' }], 0)).toMatchObject([
      { message: expect.stringContaining('ext4') as string },
    ]);
  });

  it.each(['none', 'directsync'] as const)('wants O_DIRECT for cache %s', (cache) => {
    const tmpfs = { ...good, filesystem: 'tmpfs', directIo: false };
    expect(unfit(tmpfs, [{ ...copy, cache: 'writeback' }], 0)).toEqual([]);
    expect(unfit(tmpfs, [{ ...copy, cache }], 0)).toMatchObject([
      { message: expect.stringContaining(`cache: ${cache}`) as string },
    ]);
  });
});
