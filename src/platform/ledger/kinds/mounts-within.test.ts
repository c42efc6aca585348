import { expect, it } from 'vitest';
import { mountsWithin } from './mounts-within.ts';

const mountinfo = `22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:20 / /srv/vg/run/mount\\040point rw - tmpfs tmpfs rw
31 22 0:21 / /srv/vg/running rw - tmpfs tmpfs rw
32 22 0:22 / /srv/vg/run rw - tmpfs tmpfs rw
`;

it('finds the mount points at and below a directory, not beside it', () => {
  expect(mountsWithin('/srv/vg/run', mountinfo)).toEqual([
    '/srv/vg/run/mount point',
    '/srv/vg/run',
  ]);
  expect(mountsWithin('/srv/vg/other', mountinfo)).toEqual([]);
});
