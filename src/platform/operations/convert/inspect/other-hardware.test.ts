import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localShell } from '../../../remote/local.ts';
import { readOtherHardware } from './other-hardware.ts';

let sys: string;

beforeAll(() => {
  sys = mkdtempSync(join(tmpdir(), 'virtgauge-other-hardware-'));
});
afterAll(() => {
  rmSync(sys, { recursive: true });
});

function device(path: string, files: Record<string, string>, driver?: string) {
  const folder = join(sys, 'bus', path);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), `${text}\n`);
  if (driver !== undefined) symlinkSync(`../../../drivers/${driver}`, join(folder, 'driver'));
}

function pci(slot: string, ids: [string, string, string], driver?: string) {
  const [kind, vendor, number] = ids;
  device(
    `pci/devices/${slot}`,
    { class: kind, vendor: `0x${vendor}`, device: `0x${number}` },
    driver,
  );
}

it('tells what a guest has not, and only what is in use', async () => {
  pci('ffff:01:00.0', ['0x030200', '10de', '20b0'], 'nvidia');
  pci('ffff:02:00.0', ['0x0c0400', '1077', '2261'], 'qla2xxx');
  pci('ffff:03:00.0', ['0x030000', '1002', '73bf'], 'amdgpu');
  // A card of a service processor, one without a driver, one that a guest of the machine has, a disk's.
  pci('ffff:04:00.0', ['0x030000', '1a03', '2000'], 'ast');
  pci('ffff:05:00.0', ['0x030200', '10de', '20b0']);
  pci('ffff:06:00.0', ['0x030200', '10de', '20b0'], 'vfio-pci');
  pci('ffff:07:00.0', ['0x010802', '144d', 'a808'], 'nvme');
  device('usb/devices/1-2', { product: 'Sentinel HL Key', idVendor: '0529', idProduct: '0001' });
  device('usb/devices/1-2:1.0', { bInterfaceClass: 'ff' });
  device('usb/devices/1-3', { idVendor: '0403', idProduct: '6001' });
  device('usb/devices/1-3:1.0', { bInterfaceClass: 'ff' }, 'ftdi_sio');
  device('usb/devices/1-4:1.0', { bInterfaceClass: '03' }, 'usbhid');
  expect(await readOtherHardware(localShell, sys)).toEqual([
    { name: '10de:20b0', driver: 'nvidia' },
    { name: '1077:2261', driver: 'qla2xxx' },
    { name: '1002:73bf', driver: 'amdgpu' },
    { name: 'Sentinel HL Key', driver: 'usb' },
    { name: '0403:6001', driver: 'ftdi_sio' },
  ]);
});

it('finds nothing where there are no such buses, and reads this machine', async () => {
  expect(await readOtherHardware(localShell, join(sys, 'none'))).toEqual([]);
  expect(await readOtherHardware(localShell)).toBeInstanceOf(Array);
});
