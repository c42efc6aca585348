import { expect, it } from 'vitest';
import { modulesIn, parseKernel } from './kernel.ts';
import { separator } from './look.ts';

it('reads what a Debian machine says', () => {
  const parts = [
    '6.1.0-56-amd64\n',
    'BOOT_IMAGE=/boot/vmlinuz-6.1.0-56-amd64 root=UUID=0c2f ro quiet initrd=\\initrd\n',
    '/boot/vmlinuz-6.1.0-56-amd64\n',
    '/boot/initrd.img-6.1.0-56-amd64\n',
    'kernel/drivers/ata/libata.ko\nkernel/drivers/virtio/virtio-ring.ko\n',
    'kernel/drivers/block/virtio_blk.ko\nkernel/drivers/nvme/host/nvme.ko.xz\n',
  ];
  expect(parseKernel(parts.join(separator))).toEqual({
    kernel: {
      version: '6.1.0-56-amd64',
      commandLine: 'root=UUID=0c2f ro quiet',
      image: '/boot/vmlinuz-6.1.0-56-amd64',
      initramfs: '/boot/initrd.img-6.1.0-56-amd64',
    },
    modules: {
      builtIn: new Set(['libata', 'virtio_ring']),
      available: new Set(['virtio_blk', 'nvme']),
    },
  });
});

it('reads what a kernel without modules or initramfs says', () => {
  const { kernel, modules } = parseKernel(['5.10', 'console=ttyS0'].join(separator));
  expect(kernel).toEqual({ version: '5.10', commandLine: 'console=ttyS0' });
  expect([...modules.builtIn, ...modules.available]).toEqual([]);
});

it.each(['x/ahci.ko', 'ahci.ko.zst', 'usr/lib/modules/6.8/kernel/drivers/ata/ahci.ko.gz'])(
  'knows the module in %s',
  (path) => {
    expect([...modulesIn([path, 'usr/bin/ahci', 'ahci.ko.d/x'])]).toEqual(['ahci']);
  },
);
