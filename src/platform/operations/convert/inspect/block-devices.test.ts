import { expect, it } from 'vitest';
import { localShell } from '../../../remote/local.ts';
import type { Shell } from '../../../remote/shell.ts';
import { parseBlockDevices, readBlockDevices } from './block-devices.ts';
import { fixture } from './fixture.example.ts';

it.each(['lsblk-2.38-bare.json', 'lsblk-2.34-lvm.json', 'lsblk-2.31-raid.json'])(
  'reads %s',
  (name) => {
    for (const device of parseBlockDevices(fixture(name))) {
      expect(device.path).toMatch(/^\/dev\/[a-z0-9/]+$/);
      expect(device.size).toBeGreaterThanOrEqual(0);
      expect(typeof device.readOnly).toBe('boolean');
    }
  },
);

it('reads what old versions write as strings', () => {
  const [sda, , cciss] = parseBlockDevices(fixture('lsblk-2.31-raid.json'));
  expect(sda).toMatchObject({
    ...{ path: '/dev/sda', size: 500_107_862_016, readOnly: false, model: 'ST500NM0011' },
    parts: [{ content: 'linux_raid_member', parts: [{ type: 'raid1', mountPoint: '/' }] }],
  });
  expect(cciss?.path).toBe('/dev/cciss/c0d0');
});

/** What lsblk prints of a disk with an ESP and one other partition, from 2.37 on. */
function partitions(mountpoint: string | null, mountpoints: (string | null)[]): string {
  const each = { ro: false, tran: null, model: null, uuid: null, pttype: 'gpt' };
  const part = { ...each, type: 'part' };
  const children = [
    {
      ...{ ...part, name: 'vda1', kname: 'vda1', size: 629_145_600, fstype: 'vfat' },
      ...{ mountpoint: null, mountpoints: [null] },
    },
    {
      ...{ ...part, name: 'vda2', kname: 'vda2', size: 20_843_593_728, fstype: 'btrfs' },
      ...{ mountpoint, mountpoints },
    },
  ];
  const disk = {
    ...{ ...each, name: 'vda', kname: 'vda', type: 'disk', size: 21_474_836_480, fstype: null },
    ...{ mountpoint: null, mountpoints: [null], children },
  };
  return JSON.stringify({ blockdevices: [disk] });
}

it.each<[string, string | null, (string | null)[], string | undefined]>([
  ['/ among subvolumes', '/home', ['/home', '/var', '/'], '/'],
  ['what lsblk prefers, without /', '/srv', ['/mnt', '/srv'], '/srv'],
  ['the first, where lsblk prefers none', null, [null, '/srv', '/mnt'], '/srv'],
  ['no mount', null, [null], undefined],
  ['swap in use', '[SWAP]', ['[SWAP]'], '[SWAP]'],
])('takes for the mount point: %s', (_, one, all, expected) => {
  const [disk] = parseBlockDevices(partitions(one, all));
  expect(disk?.parts.map(({ mountPoint }) => mountPoint)).toEqual([undefined, expected]);
});

it('asks for fewer columns where lsblk does not know all', async () => {
  const asked: string[] = [];
  const shell: Shell = {
    ...localShell,
    run: (argv) => {
      asked.push(argv.join(' '));
      return Promise.resolve({ stdout: partitions('/', ['/']), stderr: '' });
    },
  };
  await readBlockDevices(shell);
  const columns = [...(asked[0] ?? '').matchAll(/-o (\S+)/g)].map(([, names = '']) => names);
  expect(columns.map((names) => names.includes('MOUNTPOINTS'))).toEqual([true, false, false]);
  expect(columns.map((names) => names.includes('PTTYPE'))).toEqual([true, true, false]);
  expect(columns.every((names) => names.includes('MOUNTPOINT'))).toBe(true);
});

it.each(['', '{}', '[]', 'lsblk: unknown column'])('refuses %j', (text) => {
  expect(() => parseBlockDevices(text)).toThrow('expected the block devices from lsblk --json');
});

it('reads what this machine says', async () => {
  expect(Array.isArray(await readBlockDevices(localShell))).toBe(true);
});
