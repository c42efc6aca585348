import type { GuestDevices } from '../hypervisor.ts';

/** The devices of all guests of QEMU. */
export const virtioDevices: GuestDevices = {
  disk: '/dev/vda',
  diskPath: 'virtio-blk, QEMU',
  networkPath: 'virtio-net, tap or user networking of QEMU',
};
