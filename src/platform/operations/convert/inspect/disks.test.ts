import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBlockDevices, type BlockDevice } from './block-devices.ts';
import { disksOf, leftOutOf } from './disks.ts';
import { parseFileSystems } from './file-systems.ts';
import { fixture } from './fixture.example.ts';

const GiB = 2 ** 30;

describe('disksOf', () => {
  it('sees one disk without a partition table', () => {
    const disks = disksOf(
      parseBlockDevices(fixture('lsblk-2.38-bare.json')),
      parseFileSystems(fixture('df-coreutils.txt')),
    );
    expect(disks).toMatchObject([
      { path: '/dev/vda', size: 256 * GiB, volumes: [{ mountPoint: '/', through: [] }] },
    ]);
    const used = disks[0]?.used ?? 0;
    // 43.6 GiB of files, 4 GiB of ext4's tables.
    expect(used / GiB).toBeGreaterThan(43);
    expect(used / GiB).toBeLessThan(49);
  });

  it('sees /boot apart and logical volumes through their partition', () => {
    const [disk, ...others] = disksOf(
      parseBlockDevices(fixture('lsblk-2.34-lvm.json')),
      parseFileSystems(fixture('df-lvm.txt')),
    );
    expect(others).toEqual([]);
    expect(
      disk?.volumes.map(({ name, mountPoint, through }) => [name, mountPoint, through]),
    ).toEqual([
      ['sda1', '/boot/efi', ['part']],
      ['sda2', '/boot', ['part']],
      ['vg-root', '/', ['part', 'lvm']],
      ['vg-swap', '[SWAP]', ['part', 'lvm']],
      ['vg-old', undefined, ['part', 'lvm']],
    ]);
    // Swap is worth nothing, an unmounted volume may be full.
    expect(disk?.volumes.map(({ used }) => used / GiB)).toEqual([
      expect.closeTo(0.01, 2),
      expect.closeTo(0.2, 1),
      expect.closeTo(3.4, 0),
      0,
      1,
    ]);
  });

  it('tells what it leaves out: a stick, and a disk that is only read', () => {
    const devices = parseBlockDevices(fixture('lsblk-2.34-lvm.json'));
    const stick = { path: '/dev/sdb', size: 15_931_539_456, why: 'usb' };
    expect(leftOutOf(devices, [])).toEqual([stick]);
    const [, disk] = devices;
    const locked = devices.map((each) => (each === disk ? { ...each, readOnly: true } : each));
    expect(disksOf(locked, [])).toEqual([]);
    expect(leftOutOf(locked, [])).toEqual([
      { path: '/dev/sda', size: 34_359_738_368, why: 'read-only', mountPoint: '/boot/efi' },
      stick,
    ]);
  });

  it('sees both disks of an array', () => {
    const disks = disksOf(parseBlockDevices(fixture('lsblk-2.31-raid.json')), []);
    expect(disks.map(({ path }) => path)).toEqual(['/dev/sda', '/dev/sdb']);
    expect(disks[0]?.volumes[0]).toMatchObject({ path: '/dev/md0', through: ['part', 'raid1'] });
  });

  it.each([
    ['/dev/sda2', 'sda2', '/dev/sda2'],
    ['/dev/dm-0', 'luks-root', '/dev/mapper/luks-root'],
  ])('finds / by df where lsblk names another subvolume of %s', (path, name, source) => {
    const size = 20 * GiB;
    const part = { path, name, type: 'part', size, readOnly: false, content: 'btrfs', parts: [] };
    const disk = { path: '/dev/sda', name: 'sda', type: 'disk', size: size + 2 ** 20 };
    const [found] = disksOf(
      [{ ...disk, readOnly: false, parts: [{ ...part, mountPoint: '/home' }] }],
      parseFileSystems(
        'Filesystem     1024-blocks    Used Available Capacity Mounted on\n' +
          'tmpfs              1988720       0   1988720       0% /dev/shm\n' +
          `${source}         20971520 4194304  16252928      21% /\n` +
          `${source}         20971520 4194304  16252928      21% /home\n`,
      ),
    );
    expect(found?.volumes).toMatchObject([{ path, mountPoint: '/', used: 4 * GiB }]);
  });

  const leaf = fc.record({
    content: fc.option(fc.constantFrom('ext4', 'swap', 'xfs'), { nil: undefined }),
    mountPoint: fc.option(fc.constantFrom('/', '/srv', '[SWAP]'), { nil: undefined }),
    size: fc.integer({ min: 1, max: 2 ** 40 }),
  });

  it('never counts more than a disk holds', () => {
    fc.assert(
      fc.property(fc.array(leaf, { maxLength: 5 }), fc.nat(2 ** 40), (leaves, used) => {
        const parts = leaves.map(({ content, mountPoint, size }, at): BlockDevice => {
          const own = {
            ...(content !== undefined && { content }),
            ...(mountPoint !== undefined && { mountPoint }),
          };
          const name = `sda${at + 1}`;
          return {
            path: `/dev/${name}`,
            name,
            type: 'part',
            size,
            readOnly: false,
            parts: [],
            ...own,
          };
        });
        const size = parts.reduce((sum, part) => sum + part.size, 2 ** 20);
        const disk = { path: '/dev/sda', name: 'sda', type: 'disk', size, readOnly: false, parts };
        const system = { source: 'any', mountPoint: '/', size: used, used };
        for (const found of disksOf([disk], [system])) {
          expect(found.used).toBeGreaterThanOrEqual(0);
          expect(found.used).toBeLessThanOrEqual(size);
        }
      }),
    );
  });
});
