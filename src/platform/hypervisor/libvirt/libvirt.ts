import type { Hypervisor } from '../hypervisor.ts';
import { virtioDevices } from '../qemu/virtio-devices.ts';
import { libvirtHotplug } from './hotplug.ts';
import { launch } from './launch.ts';
import { libvirtMigration } from './migration/prepare.ts';
import { versions } from './versions.ts';

/** QEMU, started and driven by the libvirtd of its host, which virsh speaks with. */
export const libvirt: Hypervisor = {
  name: 'libvirt',
  devices: virtioDevices,
  versions,
  launch: (host, spec) => launch(libvirt, host, spec),
  migration: libvirtMigration,
  hotplug: libvirtHotplug,
};
