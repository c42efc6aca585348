import { expect, it } from 'vitest';
import { guestDrivers } from './drivers.ts';

const modules = { builtIn: new Set(['virtio_pci', 'sd_mod']), available: new Set(['virtio_blk']) };

it('tells from when on the system can drive what a guest has', () => {
  const read = { state: 'read', modules: new Set(['ahci']), names: new Set<string>() } as const;
  expect(guestDrivers(modules, read)).toEqual({
    virtioDisk: 'on-disk',
    virtioNetwork: 'absent',
    ahci: 'at-boot',
    nvme: 'absent',
  });
});

it('does not know what is in an initramfs that is not read', () => {
  const drivers = guestDrivers(modules, { state: 'unreadable', reason: 'any' });
  expect(drivers).toMatchObject({ virtioDisk: 'unknown', nvme: 'absent' });
  expect(guestDrivers(modules, { state: 'none' })).toEqual(drivers);
});

it('needs no initramfs for what is built in', () => {
  const builtIn = new Set(['virtio_pci', 'virtio_blk']);
  expect(guestDrivers({ builtIn, available: new Set() }, { state: 'none' }).virtioDisk).toBe(
    'at-boot',
  );
});
