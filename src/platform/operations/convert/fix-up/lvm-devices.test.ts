import { expect, it } from 'vitest';
import { fixture } from '../inspect/fixture.example.ts';
import { parseLvmDevices } from '../inspect/lvm-devices.ts';
import { withoutHardware } from './lvm-devices.ts';

it('calls disks by names that LVM does not trust, and leaves the rest', () => {
  const text = fixture('lvm-2.03.16-system.devices');
  const mended = withoutHardware(text);
  expect(parseLvmDevices(mended)).toEqual([]);
  const [before, after] = [text.split('\n'), mended.split('\n')];
  expect(after.filter((line, index) => line !== before[index])).toEqual([
    'IDTYPE=devname IDNAME=/dev/sda3 DEVNAME=/dev/sda3 PVID=VJhnPpSwFFbehhwa1sqSPYCsT5pdinc9 PART=3',
    'IDTYPE=devname IDNAME=/dev/nvme0n1p2 DEVNAME=/dev/nvme0n1p2 PVID=f2bT0sV0uVf4qJ3X9kS0cPpmDq1sW3bU PART=2',
  ]);
  expect(withoutHardware(mended)).toBe(mended);
});
