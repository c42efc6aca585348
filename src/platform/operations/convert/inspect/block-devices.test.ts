import { expect, it } from 'vitest';
import { localShell } from '../../../remote/local.ts';
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

it.each(['', '{}', '[]', 'lsblk: unknown column'])('refuses %j', (text) => {
  expect(() => parseBlockDevices(text)).toThrow('expected the block devices from lsblk --json');
});

it('reads what this machine says', async () => {
  expect(Array.isArray(await readBlockDevices(localShell))).toBe(true);
});
