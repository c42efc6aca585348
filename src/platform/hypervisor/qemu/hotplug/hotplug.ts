import type { HotplugBackend } from '../../hotplug.ts';
import { devicesOf } from './devices.ts';
import { attachDisk, detachDisk } from './disks.ts';
import { setMemory } from './memory.ts';
import { attachNic, detachNic } from './nics.ts';
import { setVcpus } from './vcpus.ts';

/** Changes of a running guest of QEMU, through its monitor. */
export const qemuHotplug: HotplugBackend = {
  memoryDevices: ['virtio-mem', 'dimm', 'balloon'],
  devices: devicesOf,
  ...{ setVcpus, setMemory, attachDisk, detachDisk, attachNic, detachNic },
};
