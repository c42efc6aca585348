import { expect, it } from 'vitest';
import { parseDiskNames } from './fstab.ts';

it.each([
  [
    '/dev/sda1 / ext4 defaults 0 1\n/dev/sda2 none swap sw 0 0\n\nroot=/dev/sda1 ro\n',
    ['/dev/sda1', '/dev/sda2'],
  ],
  [
    '# /dev/sda1 was / during installation\nUUID=0c2f / ext4 defaults 0 1\n\nquiet root=UUID=0c2f\n',
    [],
  ],
  [
    '/dev/mapper/vg-root / xfs defaults 0 0\n/dev/vda1 /boot ext4\n\nroot=/dev/mapper/vg-root\n',
    [],
  ],
  ['/dev/disk/by-uuid/0c2f / ext4\n\nroot=/dev/nvme0n1p2\n', ['/dev/nvme0n1p2']],
  [
    '/dev/xvda1 / ext4\n/dev/disk/by-id/ata-X-part2 /a xfs\n/dev/disk/by-id/dm-name-vg-b /b xfs\n\n',
    ['/dev/xvda1', '/dev/disk/by-id/ata-X-part2'],
  ],
  ['\n/dev/sda3 swap\nroot=UUID=0c2f resume=/dev/sda3 quiet\n', ['/dev/sda3']],
  ['\n\n', []],
])('reads %j', (text, names) => {
  expect(parseDiskNames(text)).toEqual(names);
});
