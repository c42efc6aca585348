import { expect, it } from 'vitest';
import { parseFileSystems } from './file-systems.ts';
import { fixture } from './fixture.example.ts';

it.each(['df-coreutils.txt', 'df-busybox.txt'])('reads %s', (name) => {
  expect(parseFileSystems(fixture(name))).toContainEqual({
    ...{ source: '/dev/vda', mountPoint: '/', size: 264_212_084 * 1024 },
    used: expect.any(Number) as number,
  });
});

it('reads names with spaces', () => {
  expect(parseFileSystems(fixture('df-lvm.txt')).at(-1)).toMatchObject({
    source: 'nas.example:/export/my share',
    mountPoint: '/mnt/my share',
  });
});

it('knows nothing of a text that says nothing', () => {
  expect(parseFileSystems('df: /mnt: Stale file handle\n')).toEqual([]);
});
