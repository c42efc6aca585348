import type { Initramfs } from './initramfs.ts';
import type { KernelModules } from './kernel.ts';

/** Where a machine's system has a driver that a guest needs. */
export type DriverPlace =
  /** In the kernel or its initramfs: it boots. */
  | 'at-boot'
  /** Only on the disk: a new initramfs would have it. */
  | 'on-disk'
  /** The initramfs was not found or could not be read; the disk has it. */
  | 'unknown'
  | 'absent';

/** What each way of attaching a guest's disk or network takes, by module. */
const needs = {
  virtioDisk: ['virtio_pci', 'virtio_blk'],
  virtioNetwork: ['virtio_pci', 'virtio_net'],
  ahci: ['ahci', 'sd_mod'],
  nvme: ['nvme'],
} as const;

export type GuestDrivers = Readonly<Record<keyof typeof needs, DriverPlace>>;

/** Which of a guest's devices the machine's system can drive, and from when on. */
export function guestDrivers(
  { builtIn, available }: KernelModules,
  initramfs: Initramfs,
): GuestDrivers {
  const place = (module: string): DriverPlace => {
    if (builtIn.has(module)) return 'at-boot';
    if (initramfs.state === 'read' && initramfs.modules.has(module)) return 'at-boot';
    if (!available.has(module)) return 'absent';
    return initramfs.state === 'read' ? 'on-disk' : 'unknown';
  };
  const worst = (modules: readonly string[]) => {
    const places = modules.map(place);
    const order: readonly DriverPlace[] = ['absent', 'unknown', 'on-disk'];
    return order.find((each) => places.includes(each)) ?? 'at-boot';
  };
  return {
    virtioDisk: worst(needs.virtioDisk),
    virtioNetwork: worst(needs.virtioNetwork),
    ahci: worst(needs.ahci),
    nvme: worst(needs.nvme),
  };
}
