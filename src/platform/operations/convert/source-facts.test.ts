import { expect, it } from 'vitest';
import { exampleInspection, without } from './inspect/inspection.example.ts';
import { sourceFacts } from './source-facts.ts';

const example = exampleInspection();

it('takes the disk that it starts from first, and the hardware below a bridge', () => {
  const [disk] = example.disks;
  const [card] = example.network.interfaces;
  if (disk === undefined || card === undefined) throw new Error('the example lacks something');
  const bridge = { ...card, name: 'br0', mac: '02:76:0a:4d:00:01', physical: false };
  const source = exampleInspection({
    disks: [{ ...disk, path: '/dev/nvme0n1', volumes: [] }, disk],
    network: {
      ...example.network,
      interfaces: [{ ...card, addresses: [], master: 'br0' }, bridge],
      main: 'br0',
    },
    carrier: { ...card, permanentMac: '52:54:00:aa:00:0a' },
  });
  expect(sourceFacts(source)).toEqual({
    disks: [
      { path: '/dev/sda', bytes: 20 * 2 ** 30 },
      { path: '/dev/nvme0n1', bytes: 20 * 2 ** 30 },
    ],
    nic: {
      ...{ name: 'eth0', mac: '52:54:00:aa:00:01', permanentMac: '52:54:00:aa:00:0a' },
      alone: true,
    },
    ...{ address: '10.77.0.1/24', gateway: '10.77.0.254', memory: 4 * 2 ** 30, vcpus: 8 },
    kernel: example.kernel,
    ...{ drivers: ['ahci', 'e1000e'], firmware: 'bios', lockdown: false },
    grubConfig: '/boot/grub/grub.cfg',
  });
});

it('starts from the disk with /boot, wherever / is', () => {
  const [disk] = example.disks;
  const [volume] = disk?.volumes ?? [];
  if (disk === undefined || volume === undefined) throw new Error('the example lacks something');
  const boot = { ...disk, path: '/dev/sdb', volumes: [{ ...volume, mountPoint: '/boot' }] };
  const { disks } = sourceFacts(exampleInspection({ disks: [disk, boot] }));
  expect(disks.map(({ path }) => path)).toEqual(['/dev/sdb', '/dev/sda']);
});

it.each([
  [without(example, 'root'), 'expected / on a disk'],
  [without(example, 'carrier'), 'expected an IPv4 address on a card'],
  [
    { ...example, kernel: without(example.kernel, 'initramfs') },
    'found /boot/vmlinuz-6.1.0-56-amd64 and no initramfs',
  ],
])('%# says what is missing', (source, message) => {
  expect(() => sourceFacts(source)).toThrow(message);
});
